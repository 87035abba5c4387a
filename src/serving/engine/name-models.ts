import type { OpenGenerator } from '../../translation/open-generator.js';
import { ProblemError } from '../../support/problem.js';
import type { ServedModel, ServedPlace } from '../protocol.js';

type Facts = Pick<OpenGenerator, 'direction' | 'name' | 'step' | 'title' | 'training' | 'sizes'>;

/**
 * The names of a place's generators: that of the run, or the one that the user chose; with the direction where there are two.
 *
 * @param generators of all directions that are served
 */
export function nameModels({ name }: ServedPlace, generators: readonly Facts[]): ServedModel[] {
  return generators.map((generator) => {
    const { direction, step = 1, title, training, sizes } = generator;
    const base = name ?? generator.name;
    return {
      name: generators.length > 1 ? `${base}-${direction}` : base,
      version: step,
      direction,
      title,
      imageSize: training.imageSize,
      ...(sizes && { sizes }),
    };
  });
}

/** @throws ProblemError `same-model` where two generators have one name and version */
export function refuseNamesakes(models: readonly (readonly [ServedModel, given: string])[]): void {
  const seen = new Map<string, string>();
  for (const [{ name, version }, given] of models) {
    const key = `${name}, version ${version}`;
    const other = seen.get(key);
    seen.set(key, given);
    if (other === undefined) continue;
    throw new ProblemError({
      code: 'same-model',
      message: `${other} and ${given} would both be served as ${key}.`,
      cure: `Give one of them a name: runner serve ${other} other=${given}`,
    });
  }
}
