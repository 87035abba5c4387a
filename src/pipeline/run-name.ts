import { readdir } from 'node:fs/promises';
import type { Config } from '../registry/config.js';
import { notFingerprinted } from '../config/every-option.js';
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

/** No part of what makes a run this run, for trackers: see {@link paramsOf}. */
const NO_PARAMS = ['name', 'engine.mode', 'launcher', 'tracking', 'plugins', 'stages'];

type StageConfigs = Config['stages'];

/** What tells a run from every other, as data; each part says why it counts. */
export interface RunIdentity {
  readonly [key: string]: Json;
  /** The counted config, but for what makes no other run and what `files` says better; the stages by their wiring. */
  readonly config: JsonObject;
  /** Of each stage that says what its input files are: two folders of images are two experiments, wherever they lie. */
  readonly files: JsonObject;
  /** Plugins that can change a weight. */
  readonly plugins: readonly PluginContent[];
  /** The same config from another start is another result. */
  readonly from: string | null;
}

export interface RunNameFacts {
  /** See {@link countedConfig}. */
  readonly counted: JsonObject;
  /** See {@link sectionsWithinRun}. */
  readonly withinRun: readonly string[];
  readonly graph: StageGraph;
  /** What each stage of the graph says of its input files. */
  readonly files: readonly Json[];
  readonly pluginsOf: (stage: StageGraph[number]) => readonly PluginContent[];
  readonly from: string | undefined;
}

export function runIdentity({ counted, withinRun, graph, files, pluginsOf, from }: RunNameFacts): RunIdentity {
  const covered = graph.flatMap((stage) => stage.coveredByIdentity);
  const withFiles = graph.flatMap((stage, i) =>
    stage.coveredByIdentity.length > 0 ? [[stage.name, files[i]!] as const] : [],
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

/** 8 hexadecimal digits. */
export function runHash(identity: RunIdentity): string {
  return sha256(identity).slice(0, 8);
}

/** The run's folder name: what people call it, and what tells it from others of that name. */
export function runFolderName(config: Config, hash: string): string {
  return `${config.name}-${hash}`;
}

/** The folder of the run with one of some hashes, the first that there is, whatever it was called when it was made. */
export async function findRunFolder(hashes: readonly string[], runsRoot: string): Promise<string | undefined> {
  const there = await folders(runsRoot);
  const found = hashes.map((hash) => there.find((folder) => folder.endsWith(`-${hash}`)));
  return found.find((folder) => folder !== undefined);
}

/** Finds runs by the hashes in their names, as one that was renamed since. @returns from a name a run has, or had, to its folder's name now */
export async function runFinder(runsRoot: string): Promise<(run: string) => string> {
  const byHash = new Map((await folders(runsRoot)).map((folder) => [hashIn(folder), folder]));
  return (run) => byHash.get(hashIn(run)) ?? run;
}

function hashIn(run: string): string {
  return /-([0-9a-f]{8})$/.exec(run)?.[1] ?? run;
}

/** The part of a run's folder name that is its config's name. Earlier versions had `--set` values behind it: `toy,lambda=5-1234abcd`. */
export function configNameOf(runFolder: string): string {
  return runFolder.replace(/-[0-9a-f]{8}$/, '').split(',')[0]!;
}

/** The config that makes another run when it changes, flat: `generator.width`. A list is one value, as YAML has it. */
export function paramsOf(config: Config, components: Components): Record<string, string | number | boolean | null> {
  const shown = omit(dropPasswords(config as unknown as JsonObject), [
    ...NO_PARAMS,
    ...sectionsWithinRun(config, components),
    ...notFingerprinted(config, components),
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

/** Wiring by what it means: the order of stages and of needs does not count. */
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
