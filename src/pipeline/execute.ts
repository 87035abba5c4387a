import type { RunStart } from '../registry/kinds/record.js';
import type { ArtifactKind, SummaryLine } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { placed } from '../support/problem.js';
import { attempt, type ResolvedInput, putBack, recordInputs, type StageRunContext } from './attempt.js';
import { Broadcast } from './broadcast.js';
import { type Decision, reconsider } from './decide.js';
import type { Listener } from './runner-events.js';
import { describeEnvironment, EnvironmentFile } from './environment-file.js';
import { failureOf } from './stage-failure.js';
import { Journal } from './journal.js';
import { runFile } from './paths.js';
import type { Plan, PlannedStage } from './plan.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { drawReport, summaryWithReport } from './stage-report.js';
import { RunProgressFile } from './run-progress.js';
import type { RunOutcome, RunRequest } from './run-experiment.js';
import { DEFAULT_STORE_LIMIT } from './storage/limit.js';
import { TrackerFeeds, type TrackedRun } from './tracking/tracker-feeds.js';
import { tellLeft } from './tracking/left.js';
import { markCrash } from './tracking/crash.js';

/** What a stage has made, for the last lines of the terminal. */
export interface StageOutcome {
  readonly name: string;
  readonly dir: string;
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** See {@link StageRecord}. */
  readonly artifacts: readonly string[];
  /** See {@link StageRecord}. */
  readonly made: string;
}

/** Carries out the decisions, stage after stage, until all are done, one fails, or the user stops. The caller holds the run's lock. */
export async function execute(plan: Plan, decisions: readonly Decision[], request: RunRequest): Promise<RunOutcome> {
  const progress = new RunProgressFile(runFile.progress(plan.runDir));
  const listen: Listener = (event) => {
    progress.listen(event);
    request.listen(event);
  };
  const journal = new Journal(runFile.journal(plan.runDir));
  const feeds = new TrackerFeeds(trackedRun(plan, request), listen);
  const broadcast = new Broadcast(journal, feeds, listen);
  const environment = new EnvironmentFile(runFile.environment(plan.runDir), environmentOf(request));
  try {
    markCrash(journal);
    broadcast.emit({ kind: 'run-started', start: await environmentOf(request)() });
    const outcome = await allStages(plan, decisions, request, { broadcast, environment });
    broadcast.emit({ kind: 'run-ended', status: endOf(outcome) });
    return outcome;
  } finally {
    journal.close();
    // Whoever has not asked to stop yet is told that Ctrl-C leaves what trackers lack: then one is enough.
    const leave = request.stop.aborted ? request.stopNow : AbortSignal.any([request.stop, request.stopNow]);
    tellLeft(await feeds.drain(leave, request.stop.aborted), plan, listen);
  }
}

export function trackedRun({ runDir, runName }: Plan, { experiment, components, env }: RunRequest): TrackedRun {
  return { runDir, runName, config: experiment.config, components, env };
}

function endOf({ status }: RunOutcome): 'finished' | 'interrupted' | 'failed' {
  if (status === 'done') return 'finished';
  return status === 'interrupted' ? 'interrupted' : 'failed';
}

function environmentOf({ experiment, command, cwd, env }: RunRequest): () => Promise<RunStart & JsonObject> {
  return () => describeEnvironment({ seed: experiment.config.seed, command, cwd, env });
}

async function allStages(
  plan: Plan,
  decisions: readonly Decision[],
  request: RunRequest,
  { broadcast, environment }: Pick<StageRunContext, 'broadcast' | 'environment'>,
): Promise<RunOutcome> {
  const { components, stop, stopNow } = request;
  const { config } = request.experiment;
  const made = new Map<string, StageOutcome>();
  const emit: Listener = (event) => broadcast.emit(event);
  for (const planned of decisions) {
    const madeNow = (name: string) => made.get(name)?.made;
    const decision = await stillThere(await reconsider(planned, plan, { config, components }, madeNow));
    const { stage, action, reason } = decision;
    if (action === 'skip' || action === 'leave') {
      broadcast.emit({ kind: 'stage-skipped', stage: stage.name, reason });
      if (action === 'skip') made.set(stage.name, await outcomeOf(stage, decision.record!, emit));
      if (action === 'skip' && planned.isPending === true)
        await recordInputs(decision, inputsOf(stage, plan, made), plan);
      continue;
    }
    if (stop.aborted || stopNow.aborted) return { status: 'interrupted', plan };
    if (action === 'restore') {
      await putBack(decision, broadcast);
      broadcast.emit({ kind: 'stage-skipped', stage: stage.name, reason });
      made.set(stage.name, await outcomeOf(stage, decision.record!, emit));
      continue;
    }

    const inputs = inputsOf(stage, plan, made);
    const { stageProcess, storeLimit = DEFAULT_STORE_LIMIT } = request;
    const around = {
      ...request.experiment,
      plan,
      components,
      stageProcess,
      broadcast,
      environment,
      storeLimit,
      stop,
      stopNow,
      inputs,
    };
    const ended = await oneStage(decision, around);
    if (broadcast.failure !== undefined) return { ...broadcast.failure, plan };
    if (ended === 'failed') return { status: 'failed', problems: [], plan };
    if (ended === 'interrupted') return { status: 'interrupted', plan };
    made.set(stage.name, ended);
  }
  return { status: 'done', plan, stages: [...made.values()], whole: made.size === plan.stages.length };
}

/** A shared result that was removed since it was found there (by hand, say) is made again, and one that was replaced is the new one. */
async function stillThere(decision: Decision): Promise<Decision> {
  const { stage, action, asked } = decision;
  if (action !== 'skip' || !asked || stage.component.scope !== 'shared') return decision;
  const record = await readRecord(stage.dir);
  if (record?.status === 'done') return { ...decision, record };
  return { ...decision, action: 'fresh', reason: 'it was removed meanwhile' };
}

/** Runs a stage and tells how it ended. */
async function oneStage(decision: Decision, around: StageRunContext): Promise<StageOutcome | 'failed' | 'interrupted'> {
  const { broadcast } = around;
  const { stage } = decision;
  const { name, dir } = stage;
  const emit: Listener = (event) => broadcast.emit(event);
  const began = performance.now();
  const end = await attempt(decision, around).catch((error: unknown) => failureOf(error, `Stage "${name}"`));
  if (broadcast.failure !== undefined) return 'failed';
  switch (end.status) {
    case 'failed':
      broadcast.emit({
        kind: 'stage-failed',
        stage: name,
        problems: placed(end.problems, around.placeOf),
        bug: end.bug,
      });
      return 'failed';
    case 'interrupted':
      broadcast.emit({ kind: 'stage-interrupted', stage: name, saved: end.saved, next: end.next });
      return 'interrupted';
    case 'elsewhere': {
      const record = (await readRecord(dir))!;
      broadcast.emit({ kind: 'stage-skipped', stage: name, reason: `made meanwhile by run ${record.run}` });
      return outcomeOf(stage, record, emit);
    }
    case 'done': {
      const outcome = await outcomeOf(stage, (await readRecord(dir))!, emit);
      broadcast.emit({
        kind: 'stage-finished',
        stage: name,
        ...told(outcome),
        seconds: (performance.now() - began) / 1000,
      });
      return outcome;
    }
  }
}

/** A stage's finished result, with its report drawn. */
export async function outcomeOf(
  stage: PlannedStage,
  { outputs, summary, artifacts, made }: StageRecord,
  emit: Listener,
): Promise<StageOutcome> {
  const { name, dir } = stage;
  await drawReport(stage, emit);
  return { name, dir, outputs, summary: summaryWithReport(stage, summary), artifacts, made };
}

function told({ dir, outputs, summary, artifacts }: StageOutcome) {
  return { dir, outputs, summary, artifacts };
}

function inputsOf(
  stage: PlannedStage,
  plan: Plan,
  made: ReadonlyMap<string, StageOutcome>,
): Record<ArtifactKind, ResolvedInput> {
  const inputs = Object.entries(stage.inputs).map(([artifact, name]) => {
    const { dir, outputs, made: id } = made.get(name)!;
    return [
      artifact,
      { dir, fingerprint: plan.stages.find((other) => other.name === name)!.fingerprint, outputs, made: id },
    ] as const;
  });
  return Object.fromEntries(inputs);
}
