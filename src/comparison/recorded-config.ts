import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { runFile } from '../pipeline/paths.js';
import { optionDifferences, sharedNumber } from '../config/config-differences.js';
import { valueAt } from '../config/reference.js';
import { isJsonObject, type Json, type JsonObject, type Scalar } from '../support/json.js';
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
  const whole = sharedNumber(value);
  if (whole !== undefined || !isJsonObject(value)) return [[path.join('.'), whole ?? value]];
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
}

/** A key whose values differ, and the value of each config; null where there is none. */
export interface DifferingKey {
  readonly key: string;
  readonly values: readonly Json[];
}

/** The keys whose values differ between configs, in their order. A value that is null is none, and a config that cannot be read has none. */
export function differingKeys(configs: readonly (JsonObject | null)[]): DifferingKey[] {
  const known = configs.filter((config) => config !== null);
  const differences = optionDifferences(known).map(({ path, values }) => ({ key: path.join('.'), values }));
  const isOfSome = ({ values }: (typeof differences)[number]) => values.some((value) => (value ?? null) !== null);
  return differences.filter(isOfSome).map(({ key, values }) => {
    const left = [...values];
    return { key, values: configs.map((config) => (config === null ? null : (left.shift() ?? null))) };
  });
}

/** The value at a path: of members that share one number, that number. */
export function configValue(config: JsonObject | null, path: string): Json | undefined {
  const value = config === null ? undefined : valueAt(config, path.split('.'));
  return sharedNumber(value) ?? value;
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

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = parse(text, { logLevel: 'error' });
    return isJsonObject(value) ? hidePasswords(value) : undefined;
  } catch {
    return undefined;
  }
}
