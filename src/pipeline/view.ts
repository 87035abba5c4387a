import type { Config } from '../registry/config.js';
import { valueAt } from '../config/reference.js';
import type { ConfigPath } from '../registry/kinds/stage.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';

/**
 * A readonly view of the config in which a stage can read only the paths that it declares, so that a fingerprint of these paths is complete.
 *
 * @throws Error on access to an undeclared path, which is a bug of the stage
 */
export function viewOf(config: Config, reads: readonly ConfigPath[], stage: string): Config {
  return narrow(config as unknown as JsonObject, [], reads.map(split), stage) as unknown as Config;
}

/** The named parts of the config, nested as in the config; paths without a value are ignored. */
export function pick(config: JsonObject, paths: readonly ConfigPath[]): JsonObject {
  return nested(paths.map(split).map((keys) => [keys, valueAt(config, keys)]));
}

/** Values at their paths, nested as in the config; without those that are `undefined`. */
export function nested(values: readonly (readonly [path: readonly string[], value: Json | undefined])[]): JsonObject {
  const whole: Record<string, Json> = {};
  for (const [path, value] of values) if (value !== undefined) place(whole, path, value);
  return whole;
}

/** A copy without the named paths, and without sections that become empty. */
export function omit(value: JsonObject, paths: readonly ConfigPath[]): JsonObject {
  const kept = Object.entries(value).filter(([key]) => !paths.includes(key));
  return Object.fromEntries(
    kept.flatMap(([key, item]) => {
      const below = paths.filter((path) => path.startsWith(`${key}.`)).map((path) => path.slice(key.length + 1));
      if (below.length === 0 || !isJsonObject(item)) return [[key, item]];
      const rest = omit(item, below);
      return Object.keys(rest).length === 0 && Object.keys(item).length > 0 ? [] : [[key, rest]];
    }),
  );
}

function split(path: ConfigPath): string[] {
  return path.split('.');
}

/** Sets a value at a path, merged with existing values. */
function place(target: Record<string, Json>, [key, ...rest]: readonly string[], value: Json): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = isJsonObject(value) ? structuredClone(value) : value;
    return;
  }
  if (!isJsonObject(target[key])) target[key] = {};
  place(target[key], rest, value);
}

/** A view of a section with the declared keys only. */
function narrow(section: JsonObject, path: readonly string[], reads: readonly string[][], stage: string): object {
  const declared = (key: string): 'whole' | 'part' | 'no' => {
    const here = [...path, key];
    const matching = reads.filter((read) => read.slice(0, here.length).every((part, i) => part === here[i]));
    if (matching.some((read) => read.length <= here.length)) return 'whole';
    return matching.length > 0 ? 'part' : 'no';
  };
  const keys = Object.keys(section).filter((key) => declared(key) !== 'no');
  return new Proxy(
    {},
    {
      get(_, key) {
        // Read by JSON.stringify, await and console, not by the stage.
        if (typeof key === 'symbol' || ((key === 'toJSON' || key === 'then') && !(key in section))) return undefined;
        const reach = declared(key);
        if (reach === 'no') throw undeclared(stage, [...path, key]);
        const value = section[key];
        return reach === 'part' && isJsonObject(value) ? narrow(value, [...path, key], reads, stage) : value;
      },
      has: (_, key) => typeof key === 'string' && keys.includes(key),
      ownKeys: () => keys,
      getOwnPropertyDescriptor: (_, key) =>
        typeof key === 'string' && keys.includes(key) ? { enumerable: true, configurable: true } : undefined,
      set: (_, key) => readonlyError(stage, [...path, String(key)]),
      defineProperty: (_, key) => readonlyError(stage, [...path, String(key)]),
      deleteProperty: (_, key) => readonlyError(stage, [...path, String(key)]),
    },
  );
}

function undeclared(stage: string, path: readonly string[]): Error {
  const name = path.join('.');
  return new Error(
    `Stage "${stage}" reads "${name}" of the config, which it does not declare: add "${name}" to its reads.`,
  );
}

function readonlyError(stage: string, path: readonly string[]): never {
  throw new Error(`Stage "${stage}" writes "${path.join('.')}" of the config, which is readonly.`);
}
