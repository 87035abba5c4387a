import type { ServedModel } from '../protocol.js';
import { HttpError } from './http-error.js';

/**
 * The model that a request means.
 *
 * @param name by default, the only one there is
 * @param version by default, the largest
 * @throws {@link HttpError} 404 when there is none
 */
export function findModel(models: readonly ServedModel[], name: string | undefined, version?: number): ServedModel {
  const names = [...new Set(models.map((model) => model.name))];
  if (name === undefined && names.length > 1)
    throw new HttpError(
      400,
      'no-model',
      `Say which model, such as /translate/${names[0]!}. There are ${names.join(', ')}.`,
    );
  const versions = versionsOf(models, name ?? names[0]!);
  if (versions.length === 0)
    throw new HttpError(
      404,
      'no-such-model',
      `Servable not found for request: ${name ?? 'any'}. There are ${names.join(', ')}.`,
    );
  const found = version === undefined ? versions[0] : versions.find((model) => model.version === version);
  if (found !== undefined) return found;
  const known = versions.map((model) => model.version).join(', ');
  throw new HttpError(404, 'no-such-version', `Servable not found for request: Specific(${name!}, ${version!}). There are versions ${known}.`); // prettier-ignore
}

/** The versions of a model, the largest first. */
export function versionsOf(models: readonly ServedModel[], name: string): ServedModel[] {
  return models.filter((model) => model.name === name).sort((a, b) => b.version - a.version);
}
