import type { Config } from '../registry/config.js';
import { valueAt } from '../config/reference.js';
import type { ConfigPath } from '../registry/kinds/stage.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';

/**
 * The config as a stage may see it: a readonly view in which only the declared paths can be read, so that a fingerprint made of
 * these paths cannot miss anything.
 *
 * @throws Error from the view, when an undeclared path is read: a bug of the stage, which names the stage and the path
 */
export function viewOf(config: Config, reads: readonly ConfigPath[], stage: string): Config {
  return narrow(config as unknown as JsonObject, [], reads.map(split), stage) as unknown as Config;
}

/** The parts of the config that the paths name, nested as in the config; a path that names nothing adds nothing. */
export function pick(config: JsonObject, paths: readonly ConfigPath[]): JsonObject {
  const picked: Record<string, Json> = {};
  for (const path of paths) {
    const keys = split(path);
    const value = valueAt(config, keys);
    if (value !== undefined) place(picked, keys, value);
  }
  return picked;
}

/** A copy without what the paths name, and without sections of which nothing is left. */
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

/** Puts a value at a path, merging with what another path has put there. */
function place(target: Record<string, Json>, [key, ...rest]: readonly string[], value: Json): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = isJsonObject(value) ? structuredClone(value) : value;
    return;
  }
  if (!isJsonObject(target[key])) target[key] = {};
  place(target[key], rest, value);
}

/** A section of which only some keys are declared. */
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
        // Asked by JSON.stringify, await and console: not a look into the config.
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
      set: (_, key) => refuse(stage, [...path, String(key)]),
      defineProperty: (_, key) => refuse(stage, [...path, String(key)]),
      deleteProperty: (_, key) => refuse(stage, [...path, String(key)]),
    },
  );
}

function undeclared(stage: string, path: readonly string[]): Error {
  const name = path.join('.');
  return new Error(
    `Stage "${stage}" reads "${name}" of the config, which it does not declare: add "${name}" to its reads.`,
  );
}

function refuse(stage: string, path: readonly string[]): never {
  throw new Error(`Stage "${stage}" writes "${path.join('.')}" of the config, which is readonly.`);
}
