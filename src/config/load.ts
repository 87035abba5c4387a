import { basename, extname, resolve } from 'node:path';
import type { Components } from '../registry/kinds.js';
import { loadPlugin } from '../registry/plugins.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Place, Problem } from '../support/problem.js';
import type { Device } from '../support/device.js';
import { multipliesBfloat16 } from '../support/processor.js';
import type { Config, SweepOptions } from '../registry/config.js';
import { readLayers } from './config-files.js';
import { mergeLayers, methodIn } from './merge.js';
import { readOverrides, type Overrides } from './overrides.js';
import { absolutePath, resolveConfig, type Origins } from './resolve.js';
import { withAllSections } from './schema.js';
import { MEMBERS, TYPED } from './core-sections.js';
import { keysOf, ownedSections } from './sections.js';
import { expandReferences } from './expand-references.js';
import {
  branch,
  entryAt,
  fromJson,
  isBranch,
  placeOfValue,
  toJson,
  type ConfigBranch,
  type ConfigTree,
} from './config-tree.js';
import { validate, type Located } from './validate.js';

export interface LoadRequest {
  /** The config file; relative to `cwd`. */
  readonly file: string;
  /** Its text, if it is not written yet. */
  readonly text?: string;
  /** The argument of each `--set`: `loss.lambda=5`. */
  readonly overrides: readonly string[];
  /** The registered components; the config's plugins are added to them. */
  readonly components: Components;
  /** Base folder of `file` and of paths in overrides. By default the process's. */
  readonly cwd?: string;
  /** Whether the device, as the config names it, multiplies bfloat16 faster than float32, for `engine.precision: auto`. Detected by default. */
  readonly multipliesBfloat16?: (device: Device) => boolean;
}

export interface LoadedConfig {
  /** Deeply frozen. */
  readonly config: Config;
  /** The section `sweep`, which is no part of a single experiment, and the places of its values. */
  readonly sweep: { readonly options: SweepOptions; readonly tree: ConfigTree | undefined };
  /** Absolute. */
  readonly file: string;
  /** Notes for the user, such as options dropped by a changed type. */
  readonly notes: readonly string[];
  /** The place of the value at a path, or of the nearest section around it; undefined for a default. */
  readonly placeOf: (path: readonly string[]) => Place | undefined;
}

export type LoadResult = Outcome<LoadedConfig>;

/** The parsed files, before validation. A sweep reads them once for all its experiments. */
export interface Written {
  /** Absolute. */
  readonly file: string;
  /** The file and the files that it extends, the furthest ancestor first. */
  readonly layers: readonly ConfigBranch[];
}

/**
 * Turns a YAML file and overrides into a validated, resolved, frozen config, or returns all of its problems, in the
 * order of the file.
 */
export async function loadConfig(request: LoadRequest): Promise<LoadResult> {
  const cwd = request.cwd ?? process.cwd();
  const written = await readConfig(request.file, cwd, request.text);
  const overrides = readOverrides(request.overrides, cwd);
  if (written.ok && overrides.ok) return resolveWritten(written.value, overrides.value, request);
  return invalid(...[written, overrides].flatMap((read) => (read.ok ? [] : read.problems)));
}

/** Reads a config file and the files that it extends. @param file relative to `cwd` @param text of it, if it is not written yet */
export async function readConfig(file: string, cwd: string, text?: string): Promise<Outcome<Written>> {
  const path = resolve(cwd, file);
  const { trees, problems } = await readLayers(path, text);
  return problems.length > 0 ? invalid(...problems) : valid({ file: path, layers: trees });
}

/** Resolves one experiment from the parsed files. */
export async function resolveWritten(
  { file, layers }: Written,
  overrides: Overrides,
  {
    components,
    multipliesBfloat16: multiplies = multipliesBfloat16,
  }: Pick<LoadRequest, 'components' | 'multipliesBfloat16'>,
): Promise<LoadResult> {
  const written = [...layers, ...(isBranch(overrides.tree) ? [overrides.tree] : [])];
  const pluginProblems = await addPlugins(written, components, file);
  const builtin = branch([['stages', { value: fromJson(MEMBERS.stages.default) }]]);
  const merged = mergeLayers([builtin, ...written], components);
  const { tree, notes, located: unknown } = expandReferences(merged.tree, components);
  const origins: Origins = { tree, file, multipliesBfloat16: multiplies };

  const complete = withAllSections(toJson(tree) as JsonObject, defaultName(file), components);
  const validated = validate(complete, tree, components);
  const { config } = validated;
  const located = [...unknown, ...validated.located];
  const resolved = resolveConfig({ ...validated, located }, components, origins);
  // The components of a broken plugin are missing; report only the plugin's problem.
  const real =
    pluginProblems.length === 0 ? located : located.filter(({ problem }) => problem.code !== 'unknown-component');
  const all = [...pluginProblems, ...real, ...resolved];
  if (all.length > 0) return { ok: false, problems: inOrder(all, written) };

  const plugins = (config.plugins as string[]).map((path, i) => absolutePath(path, ['plugins', String(i)], origins));
  const { sweep, ...experiment } = config;
  return valid<LoadedConfig>({
    config: freeze(ordered({ ...experiment, plugins }, keysOf(components))) as unknown as Config,
    sweep: { options: sweep as unknown as SweepOptions, tree: entryAt(tree, ['sweep'])?.value },
    file,
    notes: [...merged.notes, ...notes],
    placeOf: (path) => placeOfValue(tree, path),
  });
}

/**
 * Adds a config's plugins to the components, and otherwise reads only the method's name.
 *
 * @param file relative to `cwd`
 */
export async function loadPluginsOf(
  file: string,
  components: Components,
  cwd: string,
): Promise<Outcome<{ readonly method: string }>> {
  const path = resolve(cwd, file);
  const { trees, problems } = await readLayers(path);
  if (problems.length > 0) return invalid(...problems);
  const located = await addPlugins(trees, components, path);
  if (located.length > 0) return invalid(...located.map(({ problem }) => problem));
  return valid({ method: methodIn(trees) ?? TYPED.method!.defaultType });
}

/** Plugins are loaded first, since they extend the schema of the config. */
async function addPlugins(written: readonly ConfigBranch[], components: Components, file: string): Promise<Located[]> {
  const tree = written.findLast((layer) => layer.entries.has('plugins'));
  const list = tree && entryAt(tree, ['plugins'])?.value;
  if (tree === undefined || list?.kind !== 'list') return [];
  const located: Located[] = [];
  for (const [i, item] of list.items.entries()) {
    if (item.kind !== 'leaf' || typeof item.value !== 'string') continue;
    const path = ['plugins', String(i)];
    const plugin = absolutePath(item.value, path, { tree, file });
    const problems = [...(await loadPlugin(plugin, components)), ...clashes(plugin, components)];
    const place = placeOfValue(tree, path);
    located.push(...problems.map((problem) => ({ path, problem: { place, ...problem } })));
  }
  return located;
}

/** Problems of plugin stages whose section has the key of another section. */
function clashes(plugin: string, components: Components): Problem[] {
  const own = ownedSections(components).filter(({ stage }) => components.stage.originOf(stage) === plugin);
  return own.flatMap(({ stage, section: { key }, isTaken }) => {
    const message = `The plugin ${plugin}: stage.${stage}.section.key: there is a section "${key}" already.`;
    return isTaken ? [{ code: 'bad-plugin', message, cure: 'Give the plugin’s another key.' }] : [];
  });
}

/** The default name of `configs/horse2zebra.yaml` is horse2zebra. */
function defaultName(file: string): string | undefined {
  const name = basename(file, extname(file));
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) ? name : undefined;
}

function ordered(config: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => key in config).map((key) => [key, config[key]!]));
}

function freeze<T extends Json>(value: T): T {
  if (Array.isArray(value)) value.forEach((item: Json) => freeze(item));
  else if (isJsonObject(value)) Object.values(value).forEach(freeze);
  return Object.freeze(value);
}

/** Sorts problems: the file itself, the files that it extends, overrides; each from top to bottom; then those without a place. */
function inOrder(located: readonly Located[], written: readonly ConfigBranch[]): Problem[] {
  const files = written.map((layer) => layer.at?.source.name);
  const rank = ({ place }: Problem) => {
    if (place === undefined) return [Infinity, 0, 0];
    return [place.file === '--set' ? written.length : -files.indexOf(place.file), place.line, place.column];
  };
  const compare = (a: number[], b: number[]) => {
    const at = a.findIndex((value, i) => value !== b[i]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  };
  return located.map(({ problem }) => problem).sort((a, b) => compare(rank(a), rank(b)));
}
