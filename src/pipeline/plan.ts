import { dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Components } from '../registry/kinds.js';
import type { Json } from '../support/json.js';
import { placed, ProblemError } from '../support/problem.js';
import type { Experiment } from './experiment.js';
import { fingerprintOf, type FingerprintParts, fingerprintParts } from './fingerprint.js';
import { type GraphStage, stageGraph, type StageGraph } from './graph.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { dropPasswords } from '../support/passwords.js';
import { findParent, type ParentStage } from './parent.js';
import { type PluginContent, pluginContents } from './plugin-content.js';
import { runFile, storeOf } from './paths.js';
import { runHash, runName } from './run-name.js';
import { viewOf } from './view.js';

export interface PlanRequest {
  readonly experiment: Experiment;
  readonly components: Components;
  /** Absolute. */
  readonly runsRoot: string;
  /** `--from`: a run's folder, name or the beginning of its name. */
  readonly from?: string;
  /** Where a relative path in `from` starts. */
  readonly cwd: string;
}

/** A stage with its identity: what it will make is known before anything is made. */
export interface PlannedStage extends GraphStage {
  readonly fingerprint: string;
  readonly parts: FingerprintParts;
  /** Where its result lies, or will. */
  readonly dir: string;
  /** `--from`, for a stage that goes on from it. */
  readonly parent?: ParentStage['input'];
}

/** What a config stands for, before looking at what is there already. */
export interface Plan {
  readonly runsRoot: string;
  readonly runName: string;
  readonly runDir: string;
  readonly stages: readonly PlannedStage[];
}

/** `skip`: its result is there. `resume`: goes on in place. `replace`: sets aside what is there. `leave`: not asked for. */
export type Action = 'skip' | 'fresh' | 'resume' | 'replace' | 'leave';

/**
 * Works out every identity. All that is wrong with the config, the graph and the input files is found here, before anything starts.
 *
 * @throws AbortError when the user stops while input files are looked at
 */
export async function plan(request: PlanRequest, stop: AbortSignal): Promise<Outcome<Plan>> {
  const identified = await identifyRun(request);
  if (!identified.ok) return identified;
  const { graph, parent, plugins, runName, runDir } = identified.value;
  const files = await inputFiles(graph, request, stop);
  if (!files.ok) return invalid(...placed(files.problems, request.experiment.placeOf));

  const from = parent?.input.fingerprint;
  const fingerprints = new Map<string, string>();
  const stages = graph.map((stage, index): PlannedStage => {
    const facts = { config: request.experiment.config, files: files.value[index]!, plugins, fingerprints, from };
    const parts = fingerprintParts(stage, facts);
    const fingerprint = fingerprintOf(parts);
    fingerprints.set(stage.name, fingerprint);
    return {
      ...stage,
      fingerprint,
      parts,
      dir: dirOf(stage, fingerprint, request, runDir),
      ...parentOf(stage, parent),
    };
  });
  return valid({ runsRoot: request.runsRoot, runName, runDir, stages });
}

/** Which run a config stands for, and its graph: all that can be told without looking at input files. */
export interface IdentifiedRun {
  readonly graph: StageGraph;
  readonly parent: ParentStage | undefined;
  readonly plugins: readonly PluginContent[];
  readonly runName: string;
  readonly runDir: string;
}

/** The first half of {@link plan}. */
export async function identifyRun(request: PlanRequest): Promise<Outcome<IdentifiedRun>> {
  const { experiment, components, runsRoot, cwd } = request;
  const graph = stageGraph(experiment, components);
  if (!graph.ok) return graph;
  const parent = await findParent(request.from, graph.value, runsRoot, cwd);
  if (!parent.ok) return parent;
  const plugins = await pluginContents(experiment.config.plugins);
  const hash = runHash(experiment.config, plugins, parent.value?.input.fingerprint, dirname(runsRoot));
  const name = await runName(experiment, hash, runsRoot);
  return valid({ graph: graph.value, parent: parent.value, plugins, runName: name, runDir: join(runsRoot, name) });
}

function dirOf(stage: GraphStage, fingerprint: string, { runsRoot }: PlanRequest, runDir: string): string {
  return stage.component.scope === 'shared'
    ? join(storeOf(runsRoot, stage.type), fingerprint)
    : runFile.stage(runDir, stage.name);
}

function parentOf(stage: GraphStage, parent: ParentStage | undefined): Pick<PlannedStage, 'parent'> {
  return parent !== undefined && stage.component.continues === true ? { parent: parent.input } : {};
}

async function inputFiles(graph: StageGraph, { experiment, components }: PlanRequest, stop: AbortSignal) {
  const results = await Promise.all(graph.map((stage) => identityOf(stage, experiment.config, components, stop)));
  const problems = results.flatMap((result) => (result.ok ? [] : result.problems));
  return problems.length > 0 ? invalid(...problems) : valid(results.map((result) => (result.ok ? result.value : null)));
}

/** What a stage says of its input files, now. */
export async function identityOf(
  stage: GraphStage,
  whole: Config,
  components: Components,
  stop: AbortSignal,
): Promise<Outcome<Json>> {
  try {
    const made = stage.component.create(stage.options as never);
    const config = viewOf(whole, stage.reads, stage.name);
    return valid(dropPasswords((await made.identity?.({ config, components }, stop)) ?? null));
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return invalid(...error.problems);
  }
}
