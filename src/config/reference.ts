import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import type { Reference } from '../registry/config.js';

/** The registered component that a reference names. */
export function typeOf(reference: Reference): string {
  return typeof reference === 'string' ? reference : reference.type;
}

/** The name of a reference in a list: its `name`, by default its type. */
export function nameOf(reference: Reference): string {
  if (typeof reference === 'string') return reference;
  return typeof reference['name'] === 'string' ? reference['name'] : reference.type;
}

/** The value at a readable path, which addresses a component in a list by name: `evaluate.metrics.ssim.window`. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return (at as readonly Json[]).find((item) => isReference(item) && nameOf(item) === key);
    return isJsonObject(at) ? at[key] : undefined;
  }, value);
}

/** The type of a named entry, such as a tracker: by default its name. */
export function typeOfEntry(name: string, { type }: JsonObject): string {
  return typeof type === 'string' ? type : name;
}

export function isReference(value: Json | undefined): value is Reference {
  return typeof value === 'string' || (isJsonObject(value) && typeof value['type'] === 'string');
}
