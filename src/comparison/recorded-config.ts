import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { runFile } from '../pipeline/paths.js';
import { valueAt } from '../config/reference.js';
import { canonicalJson, isJsonObject, type Json, type JsonObject, type Scalar } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';

/**
 * Reads the resolved configs of runs. Runs of one folder share most of their sections, so each text of a section is parsed once: a
 * thousand configs take a tenth of a second instead of several.
 */
export class ConfigReader {
  readonly #sections = new Map<string, JsonObject | undefined>();

  /** @returns null if there is no config that can be read */
  async read(runDir: string): Promise<JsonObject | null> {
    const text = await readFile(runFile.config(runDir), 'utf8').catch(() => undefined);
    if (text === undefined) return null;
    return this.#fromSections(text) ?? parsed(text) ?? null;
  }

  #fromSections(text: string): JsonObject | undefined {
    const sections = text.match(/^[^\s#-].*(?:\n(?:[ #-].*)?)*/gm) ?? [];
    const all: Record<string, Json> = {};
    for (const section of sections) {
      if (!this.#sections.has(section)) this.#sections.set(section, parsed(section));
      const part = this.#sections.get(section);
      // A text over several lines, or an alias of another section: then the file is read as a whole.
      if (part === undefined || Object.keys(part).length !== 1) return undefined;
      Object.assign(all, part);
    }
    return sections.length > 0 ? all : undefined;
  }
}

/** The values of a config by path, `loss.lambda`; members that share one number, and lists, are one value. */
export function leavesOf(value: Json, path: readonly string[] = []): [string, Json][] {
  const whole = shared(value);
  if (whole !== undefined || !isJsonObject(value)) return [[path.join('.'), whole ?? value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** The paths whose values differ between configs, in the order of the configs. A path within another one of them is left out. */
export function differingPaths(configs: readonly (JsonObject | null)[]): string[] {
  const leaves = configs.flatMap((config) => (config === null ? [] : [new Map(leavesOf(config))]));
  const paths = [...new Set(leaves.flatMap((config) => [...config.keys()]))];
  const differing = paths.filter((path) => leaves.some((config) => !isEqual(config.get(path), leaves[0]!.get(path))));
  // `loss.lambda` shows `loss.lambda.forward` of configs in which it has its own value.
  return differing.filter((path) => !differing.some((other) => path.startsWith(`${other}.`)));
}

/** The value at a path: of members that share one number, that number. */
export function configValue(config: JsonObject | null, path: string): Json | undefined {
  const value = config === null ? undefined : valueAt(config, path.split('.'));
  return (value === undefined ? undefined : shared(value)) ?? value;
}

/** All paths of a config, sections included: `loss`, `loss.lambda`, `loss.lambda.forward`. */
export function pathsOf(value: Json, path: readonly string[] = []): string[] {
  const own = path.length === 0 ? [] : [path.join('.')];
  if (!isJsonObject(value)) return own;
  return [...own, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

/** A value as one cell of a table: a component is its type. */
export function scalarOf(value: Json | undefined): Scalar | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  if (isJsonObject(value) && typeof value['type'] === 'string') return value['type'];
  const isList = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  return isList ? value.join(', ') : JSON.stringify(value);
}

/** `{forward: 10, backward: 10}` is 10, as in the config file. */
function shared(value: Json): Json | undefined {
  if (!isJsonObject(value)) return undefined;
  const members = Object.values(value);
  const isOne = members.length > 1 && members.every((each) => typeof each === 'number' && each === members[0]);
  return isOne ? members[0] : undefined;
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = parse(text, { logLevel: 'error' });
    return isJsonObject(value) ? hidePasswords(value) : undefined;
  } catch {
    return undefined;
  }
}

export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
