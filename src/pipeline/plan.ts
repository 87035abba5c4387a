import { dirname, join } from 'node:path';
import type { Config } from '../registry/config.js';
import { neutral, type OptionAt, notFingerprintedOptions } from '../config/every-option.js';
import type { Json, JsonObject } from '../support/json.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { dropPasswords } from '../support/passwords.js';
import { placed } from '../support/problem.js';
import { countedConfig } from './counted-config.js';
import { fingerprintOf, fingerprintParts } from './fingerprint.js';
import { formerRunHash } from './former-versions.js';
import type { GraphStage, StageGraph } from './graph-stage.js';
import { identityOf } from './input-files.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import type { PlanRequest } from './run-request.js';
import { stageGraph } from './stage-graph.js';
import { findParent, type ParentStage } from './parent.js';
import { runFile, storeOf } from './paths.js';
import { type PluginContent, pluginContents, pluginsOf } from './plugin-use.js';
import { sectionsWithinRun } from './sections-within-run.js';
import { findRunFolder, runFolderName, runHash, runIdentity } from './run-name.js';
import { nested, omit, pick } from './view.js';

/**
 * Computes every identity. All problems of the config, the graph and the input files are found here, before anything starts.
 *
 * @throws AbortError when the user stops while input files are read
 */
export async function plan(request: PlanRequest, stop: AbortSignal): Promise<Outcome<Plan>> {
  const { experiment, components, runsRoot } = request;
  const { config } = experiment;
  const identified = await identifyRun(request, (stage) => identityOf(stage, config, components, stop));
  if (!identified.ok) return identified;
  const { graph, files, counted, parent, plugins, runName, runDir } = identified.value;

  const from = parent?.input.fingerprint;
  const notFingerprinted = notFingerprintedOptions(config, components);
  const fingerprints = new Map<string, string>();
  const stages = graph.map((stage, index): PlannedStage => {
    const used = pluginsOf(stage, config, components, plugins);
    const parts = fingerprintParts(stage, { counted, files: files[index]!, plugins: used, fingerprints, from });
    const fingerprint = fingerprintOf(parts);
    fingerprints.set(stage.name, fingerprint);
    return {
      ...stage,
      fingerprint,
      parts,
      ...bookkeepingOf(stage, config, notFingerprinted),
      dir: dirOf(stage, fingerprint, runsRoot, runDir),
      ...parentOf(stage, parent),
    };
  });
  return valid({ runsRoot, runName, runDir, stages });
}

/** The same plan after the run's folder was renamed. */
export function movedTo(plan: Plan, runDir: string): Plan {
  const stages = plan.stages.map((stage) => ({
    ...stage,
    dir: dirOf(stage, stage.fingerprint, plan.runsRoot, runDir),
  }));
  return { ...plan, runDir, stages };
}

/** The run that a config identifies, and its graph. */
export interface IdentifiedRun {
  readonly graph: StageGraph;
  /** Each stage's identity of its input files. */
  readonly files: readonly Json[];
  readonly counted: JsonObject;
  readonly parent: ParentStage | undefined;
  /** By path. */
  readonly plugins: ReadonlyMap<string, PluginContent>;
  /** Its current name. */
  readonly runName: string;
  /** Its folder, which may still have an earlier name. */
  readonly runDir: string;
}

/**
 * The first half of {@link plan}.
 *
 * @param identify a stage's input files
 */
export async function identifyRun(
  request: PlanRequest,
  identify: (stage: GraphStage) => Promise<Outcome<Json>>,
): Promise<Outcome<IdentifiedRun>> {
  const { experiment, components, runsRoot, cwd } = request;
  const { config } = experiment;
  const graph = stageGraph(experiment, components);
  if (!graph.ok) return graph;
  const parent = await findParent(request.from, graph.value, components, runsRoot, cwd);
  if (!parent.ok) return parent;
  const files = allOf(await Promise.all(graph.value.map(identify)));
  if (!files.ok) return invalid(...placed(files.problems, experiment.placeOf));
  const plugins = await pluginContents(config.plugins);
  const counted = countedConfig(config, components);
  const from = parent.value?.input.fingerprint;
  const of = (stage: GraphStage) => pluginsOf(stage, config, components, plugins);
  const withinRun = sectionsWithinRun(config, components);
  const named = { counted, withinRun, graph: graph.value, files: files.value, pluginsOf: of, from };
  const hash = runHash(runIdentity(named));
  const asBefore = omit(config as unknown as JsonObject, neutral(config, components)) as unknown as Config;
  const former = formerRunHash(asBefore, [...plugins.values()], from, dirname(runsRoot));
  const runName = runFolderName(config, hash);
  const folder = (await findRunFolder([hash, former], runsRoot)) ?? runName;
  const runDir = join(runsRoot, folder);
  return valid({ graph: graph.value, files: files.value, counted, parent: parent.value, plugins, runName, runDir });
}

function dirOf(stage: GraphStage, fingerprint: string, runsRoot: string, runDir: string): string {
  return stage.component.scope === 'shared'
    ? join(storeOf(runsRoot, stage.type), fingerprint)
    : runFile.stage(runDir, stage.name);
}

function parentOf(stage: GraphStage, parent: ParentStage | undefined): Pick<PlannedStage, 'parent'> {
  return parent !== undefined && stage.component.continues === true ? { parent: parent.input } : {};
}

function bookkeepingOf(
  { sees }: GraphStage,
  config: Config,
  notFingerprinted: readonly OptionAt[],
): Pick<PlannedStage, 'bookkeeping' | 'defaultBookkeeping'> {
  const isRead = (path: string) => sees.some((each) => path === each || path.startsWith(`${each}.`));
  const read = notFingerprinted.filter(({ path }) => isRead(path.join('.')));
  const paths = read.map(({ path }) => path.join('.'));
  return {
    bookkeeping: dropPasswords(pick(config as unknown as JsonObject, paths)),
    defaultBookkeeping: nested(read.map(({ path, schema }) => [path, schema['default']])),
  };
}

function allOf<T>(results: readonly Outcome<T>[]): Outcome<T[]> {
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  return problems.length > 0
    ? invalid(...problems)
    : valid(results.flatMap((result) => (result.ok ? [result.value] : [])));
}
