import { readdir } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { Config } from '../config/config.js';
import { errorCode } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import type { Experiment } from './experiment.js';
import type { PluginContent } from './plugin-content.js';
import { omit } from './view.js';

/**
 * Config that does not make another run: where its pictures are fetched from, how a result is named, watched, measured and exported. Evaluate and export run again in the
 * same run when theirs changes. Plugins count by content.
 */
const uncounted = ['name', 'evaluate', 'export', 'engine.mode', 'launcher', 'tracking', 'plugins', 'dataset.mirror'];
const longestOverrides = 60;

/**
 * What tells a run from every other run of the same name: 8 hexadecimal digits. Not the content of image files.
 *
 * @param base the folder that holds the runs' root: paths below it count from there, so that a folder with pictures, configs and runs can be moved
 */
export function runHash(
  config: Config,
  plugins: readonly PluginContent[],
  from: string | undefined,
  base: string,
): string {
  const counted: Record<string, Json> = {
    config: portable(
      dropPasswords({ ...omit(config as unknown as JsonObject, uncounted), stages: wiringOf(config) }),
      base,
    ),
    // A plugin can change or replace any component.
    plugins,
    // The same config from another start is another result.
    from: from ?? null,
  };
  return sha256(counted).slice(0, 8);
}

/** The config that makes another run when it changes, flat: `generator.width`. A list is one value, as YAML has it. */
export function paramsOf(config: Config): Record<string, string | number | boolean | null> {
  const counted = omit(dropPasswords(config as unknown as JsonObject), [...uncounted, 'stages']);
  return Object.fromEntries(flat(counted));
}

function flat(value: Json, path: readonly string[] = []): [string, string | number | boolean | null][] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => flat(item, [...path, key]));
  return [[path.join('.'), typeof value === 'object' && value !== null ? JSON.stringify(value) : value]];
}

/**
 * The run's folder name: `<name>[,<short overrides>]-<hash>`. A folder of this name and hash that exists is the run, whatever
 * overrides it was made with: the same config can be written in a file or with `--set`.
 */
export async function runName(experiment: Experiment, hash: string, runsRoot: string): Promise<string> {
  const name = fileName(experiment.config.name);
  const existing = (await folders(runsRoot)).find(
    (folder) => folder === `${name}-${hash}` || (folder.startsWith(`${name},`) && folder.endsWith(`-${hash}`)),
  );
  return existing ?? `${name}${shortOverrides(experiment.overrides)}-${hash}`;
}

function portable(value: Json, base: string): Json {
  if (typeof value === 'string') return value.startsWith(`${base}${sep}`) ? relative(base, value) : value;
  if (Array.isArray(value)) return value.map((item) => portable(item as Json, base));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item, base)]));
}

/** The part of a run's folder name that is its config's name. */
export function configNameOf(runFolder: string): string {
  return runFolder.replace(/-[0-9a-f]{8}$/, '').split(',')[0]!;
}

/** Wiring by what it means: the order of stages and of needs does not count. */
function wiringOf(config: Config): JsonObject {
  const stages = Object.entries(config.stages);
  return Object.fromEntries(stages.map(([name, stage]) => [name, { ...stage, needs: [...stage.needs].sort() }]));
}

/** `,lambda=5,generator.width=32`, in as much room as there is. */
function shortOverrides(overrides: Experiment['overrides']): string {
  // `sweep` is no part of one experiment's config.
  const unnamed = [...uncounted, 'sweep'];
  const counting = overrides.filter(
    ({ path }) => !unnamed.some((other) => `${path.join('.')}.`.startsWith(`${other}.`)),
  );
  const last = new Map(counting.map((override) => [override.path.join('.'), override]));
  const paths = [...last.values()].map(({ path }) => path);
  const parts = [...last.values()].map(({ path, value }) => ({
    key: fileName(shortestSuffix(path, paths)),
    value: fileName(textOf(value)),
    isType: path.at(-1) === 'type',
  }));
  const text = () => parts.map(({ key, value }) => `,${key}=${value}`).join('');
  while (text().length > longestOverrides && parts.length > 1) {
    // A type says the least: the options beside it tell which one it is.
    const type = parts.findLastIndex(({ isType }) => isType);
    parts.splice(type < 0 ? parts.length - 1 : type, 1);
  }
  return parts.length > 0 && parts[0]!.key.length < longestOverrides - 2 ? text().slice(0, longestOverrides) : '';
}

/** The last keys of a path, as few as tell it from the other paths. */
export function shortestSuffix(path: readonly string[], paths: readonly (readonly string[])[]): string {
  const suffix = (of: readonly string[], length: number) => of.slice(-length).join('.');
  const isOwn = (length: number) =>
    paths.every((other) => other === path || suffix(other, length) !== suffix(path, length));
  const length = path.findIndex((_, i) => isOwn(i + 1)) + 1;
  return length === 0 ? path.join('.') : suffix(path, length);
}

/** Of a path its last part, of an address its host and file: the rest may hold a password or a token. */
function textOf(value: Json): string {
  if (typeof value !== 'string') {
    return JSON.stringify(value, (_, item: Json) => (isAddress(item) ? textOf(item) : item));
  }
  const { host, pathname } = isAddress(value) ? new URL(value) : { host: '', pathname: value };
  const last = pathname.split('/').findLast((part) => part !== '');
  return [host, last].filter(Boolean).join('_') || value;
}

function isAddress(value: Json): value is string {
  return typeof value === 'string' && value.includes('://') && URL.canParse(value);
}

export function fileName(text: string): string {
  return text.replaceAll(/[^\w.=+-]+/g, '_').replace(/^\.+/, '_');
}

async function folders(root: string): Promise<string[]> {
  try {
    return await readdir(root);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
