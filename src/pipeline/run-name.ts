import { readdir } from 'node:fs/promises';
import type { Config } from '../registry/config.js';
import { notFingerprintedPaths } from '../config/every-option.js';
import type { Components } from '../registry/kinds.js';
import { errorCode } from '../support/files.js';
import { sha256 } from '../support/hash.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { dropPasswords } from '../support/passwords.js';
import type { StageGraph } from './graph-stage.js';
import { sectionsWithinRun } from './sections-within-run.js';
import { withAncestors } from './stage-order.js';
import type { PluginContent } from './plugin-use.js';
import { omit } from './view.js';

/** Config that does not identify a run, for trackers: see {@link paramsOf}. */
export const NO_PARAMS: readonly string[] = ['name', 'engine.mode', 'launcher', 'tracking', 'plugins', 'stages'];

type StageConfigs = Config['stages'];

/** What identifies a run, as plain data. */
export interface RunIdentity {
  readonly [key: string]: Json;
  /** The counted config without sections that only stages within the run read, and without what `files` covers; stages by their wiring. */
  readonly config: JsonObject;
  /** The stages' identities of their input files: other images are another experiment, the same images elsewhere are not. */
  readonly files: JsonObject;
  /** Plugins that can change a weight. */
  readonly plugins: readonly PluginContent[];
  /** The same config from another starting point gives another result. */
  readonly from: string | null;
}

export interface RunNameFacts {
  /** See {@link countedConfig}. */
  readonly counted: JsonObject;
  /** See {@link sectionsWithinRun}. */
  readonly withinRun: readonly string[];
  readonly graph: StageGraph;
  /** Each stage's identity of its input files. */
  readonly files: readonly Json[];
  readonly pluginsOf: (stage: StageGraph[number]) => readonly PluginContent[];
  readonly from: string | undefined;
}

export function runIdentity({ counted, withinRun, graph, files, pluginsOf, from }: RunNameFacts): RunIdentity {
  const covered = graph.flatMap((stage) => stage.coveredByIdentity);
  const withFiles = graph.flatMap((stage, i) =>
    hasIdentity(stage, files[i]!) ? [[stage.name, stage.component.namedBy?.(files[i]!) ?? files[i]!] as const] : [],
  );
  const plugins = shapingWeights(graph).flatMap(pluginsOf);
  return {
    config: {
      ...omit(counted, [...withinRun, ...covered]),
      stages: wiringOf(counted['stages'] as unknown as StageConfigs),
    },
    files: dropPasswords(Object.fromEntries(withFiles)),
    plugins: [...new Map(plugins.map((plugin) => [plugin.name + plugin.sha256, plugin])).values()],
    from: from ?? null,
  };
}

/** Whether a stage's identity counts: it covers config, or says what of the uncounted config can change a weight. */
function hasIdentity({ coveredByIdentity, component }: StageGraph[number], identity: Json): boolean {
  const { continues, readsUncounted } = component;
  return coveredByIdentity.length > 0 || (continues === true && readsUncounted !== undefined && identity !== null);
}

/** 8 hexadecimal digits. */
export function runHash(identity: RunIdentity): string {
  return sha256(identity).slice(0, 8);
}

/** The name of the run's folder: the config's name, and a hash that makes it unique. */
export function runFolderName(config: Config, hash: string): string {
  return `${config.name}-${hash}`;
}

/** The folder of the run with one of the hashes, in the order of the hashes, whatever its name. */
export async function findRunFolder(hashes: readonly string[], runsRoot: string): Promise<string | undefined> {
  const there = await folders(runsRoot);
  const found = hashes.map((hash) => there.find((folder) => folder.endsWith(`-${hash}`)));
  return found.find((folder) => folder !== undefined);
}

/** Finds renamed runs by the hashes in their names. @returns a function from a current or earlier name of a run to its folder's name */
export async function runFinder(runsRoot: string): Promise<(run: string) => string> {
  const byHash = new Map((await folders(runsRoot)).map((folder) => [hashIn(folder), folder]));
  return (run) => byHash.get(hashIn(run)) ?? run;
}

function hashIn(run: string): string {
  return /-([0-9a-f]{8})$/.exec(run)?.[1] ?? run;
}

/** The config's name in the name of a run's folder. Earlier versions appended `--set` values: `toy,lambda=5-1234abcd`. */
export function configNameOf(runFolder: string): string {
  return runFolder.replace(/-[0-9a-f]{8}$/, '').split(',')[0]!;
}

/** The config that identifies a run, flat: `generator.width`. A list is one value. */
export function paramsOf(config: Config, components: Components): Record<string, string | number | boolean | null> {
  const shown = omit(dropPasswords(config as unknown as JsonObject), [
    ...NO_PARAMS,
    ...sectionsWithinRun(config, components),
    ...notFingerprintedPaths(config, components),
  ]);
  return Object.fromEntries(flat(shown));
}

function flat(value: Json, path: readonly string[] = []): [string, string | number | boolean | null][] {
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => flat(item, [...path, key]));
  return [[path.join('.'), typeof value === 'object' && value !== null ? JSON.stringify(value) : value]];
}

/** The stages that train, and those that they need. */
function shapingWeights(graph: StageGraph): StageGraph {
  const training = graph.filter(({ component }) => component.continues === true);
  const names = new Set(training.flatMap(({ name }) => [...withAncestors(graph, name)]));
  return graph.filter(({ name }) => names.has(name));
}

/** The wiring, independent of the order of stages and of needs. */
function wiringOf(stages: StageConfigs): JsonObject {
  return Object.fromEntries(
    Object.entries(stages).map(([name, stage]) => [name, { ...stage, needs: [...stage.needs].sort() }]),
  );
}

async function folders(root: string): Promise<string[]> {
  try {
    return (await readdir(root, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
