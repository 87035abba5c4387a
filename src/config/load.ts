import { basename, extname, resolve } from 'node:path';
import type { Components } from '../registry/kinds.js';
import { loadPlugin } from '../registry/plugins.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Place, Problem } from '../support/problem.js';
import { multipliesBfloat16 } from '../support/processor.js';
import type { Config, SweepOptions } from '../registry/config.js';
import { readLayers } from './config-files.js';
import { mergeLayers, methodIn } from './merge.js';
import { readOverrides, type Overrides } from './overrides.js';
import { absolutePath, resolveConfig, type Origins } from './resolve.js';
import { withAllSections } from './schema.js';
import { MEMBERS, TYPED } from './core-sections.js';
import { keysOf, ownedSections } from './sections.js';
import { spellReferences } from './spell-references.js';
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
  /** What was typed after each `--set`: `loss.lambda=5`. */
  readonly overrides: readonly string[];
  /** The components that there are; the config's plugins are added to them. */
  readonly components: Components;
  /** Where `file` and paths in overrides start. The process's own by default. */
  readonly cwd?: string;
  /** Whether the machine multiplies bfloat16 faster than float32, for `engine.precision: auto`. Looks by default. */
  readonly multipliesBfloat16?: () => boolean;
}

export interface LoadedConfig {
  /** Frozen all the way down. */
  readonly config: Config;
  /** The section `sweep`, which is about many experiments and so no part of this one, and where its values were written. */
  readonly sweep: { readonly options: SweepOptions; readonly tree: ConfigTree | undefined };
  /** Absolute. */
  readonly file: string;
  /** What the user should know, such as options that a changed type made void. */
  readonly notes: readonly string[];
  /** Where the value at a path was written, or the nearest section around it; nothing for a default. */
  readonly placeOf: (path: readonly string[]) => Place | undefined;
}

export type LoadResult = Outcome<LoadedConfig>;

/** What was written, before it is known what it means: files are read once, however many experiments are made of them. */
export interface Written {
  /** Absolute. */
  readonly file: string;
  /** The file and those that it extends, the furthest ancestor first. */
  readonly layers: readonly ConfigBranch[];
}

/**
 * From a YAML file and overrides to a validated, resolved, frozen config; or to all of its problems at once, in the
 * order of the file.
 */
export async function loadConfig(request: LoadRequest): Promise<LoadResult> {
  const cwd = request.cwd ?? process.cwd();
  const written = await readConfig(request.file, cwd);
  const overrides = readOverrides(request.overrides, cwd);
  if (written.ok && overrides.ok) return resolveWritten(written.value, overrides.value, request);
  return invalid(...[written, overrides].flatMap((read) => (read.ok ? [] : read.problems)));
}

/** Reads a config file and what it extends. @param file relative to `cwd` */
export async function readConfig(file: string, cwd: string): Promise<Outcome<Written>> {
  const path = resolve(cwd, file);
  const { trees, problems } = await readLayers(path);
  return problems.length > 0 ? invalid(...problems) : valid({ file: path, layers: trees });
}

/** Makes one experiment of what was written. */
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
  const { tree, notes, located: unknown } = spellReferences(merged.tree, components);
  const origins: Origins = { tree, file, multipliesBfloat16: multiplies };

  const complete = withAllSections(toJson(tree) as JsonObject, defaultName(file), components);
  const validated = validate(complete, tree, components);
  const { config } = validated;
  const located = [...unknown, ...validated.located];
  const resolved = resolveConfig({ ...validated, located }, components, origins);
  // What a broken plugin would have brought is not there; that it is not is no mistake of the config.
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
 * Adds a config's plugins to the components, and reads no more of it than the method that it names.
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

/** Plugins come first: what the rest of the config may say depends on them. */
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

/** A plugin's stage whose section has the key of another one. */
function clashes(plugin: string, components: Components): Problem[] {
  const own = ownedSections(components).filter(({ stage }) => components.stage.originOf(stage) === plugin);
  return own.flatMap(({ stage, section: { key }, isTaken }) => {
    const message = `The plugin ${plugin}: stage.${stage}.section.key: there is a section "${key}" already.`;
    return isTaken ? [{ code: 'bad-plugin', message, cure: 'Give the plugin’s another key.' }] : [];
  });
}

/** `configs/horse2zebra.yaml` is called horse2zebra unless it says otherwise. */
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

/** The file itself first, then those that it extends, then overrides; from top to bottom; placeless ones last. */
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
