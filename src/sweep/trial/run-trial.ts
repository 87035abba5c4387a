import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { recordedNumbers } from '../../evaluation/recorded-values.js';
import { runFile } from '../../pipeline/paths.js';
import type { Config } from '../../registry/config.js';
import type { Listener } from '../../pipeline/runner-events.js';
import { runExperiment } from '../../pipeline/run-experiment.js';
import type { RunOutcome } from '../../pipeline/run-outcome.js';
import type { RunRequest } from '../../pipeline/run-request.js';
import { runFinder } from '../../pipeline/run-name.js';
import { loadPlugins } from '../../registry/plugins.js';
import { acquireLock, describeHolder, lockHolder } from '../../support/lock.js';
import type { Problem } from '../../support/problem.js';
import { trialFile } from '../sweep-files.js';
import { type FrozenSweep, type FrozenTrial, lostConfig, readTrialConfig } from '../frozen.js';
import { withSweepName } from '../sweep-reporter.js';
import { Heartbeat, isAtWork } from './heartbeat.js';
import { NO_RECORD, readTrial, type TrialRecord, writeTrial } from './trial-record.js';
import { curvesOf, missingMetric, trainedShare, valueAfterEpoch } from './rung.js';
import { PausePoint } from './pause-point.js';

export interface TrialRequest extends Pick<
  RunRequest,
  'components' | 'stageProcess' | 'runsRoot' | 'stop' | 'stopNow' | 'command' | 'storeLimit' | 'cwd' | 'env' | 'listen'
> {
  /** The sweep's folder. */
  readonly dir: string;
  readonly sweep: FrozenSweep;
  readonly trial: FrozenTrial;
  /** Aborted when the parent process is gone; the caller then aborts `stop` as well. */
  readonly orphaned?: AbortSignal;
  /** Train this many epochs, then pause for the choice of successive halving. */
  readonly pauseAfter?: number;
}

export type TrialOutcome =
  | { readonly status: 'paused'; readonly epochs: number }
  /** It was done before. */
  | { readonly status: 'settled' }
  /** Another process runs it. */
  | { readonly status: 'elsewhere'; readonly holder: string }
  | { readonly status: 'ran'; readonly outcome: RunOutcome };

/** Runs or resumes one frozen trial of a sweep, and keeps its record. */
export async function runTrial(request: TrialRequest): Promise<TrialOutcome> {
  const { dir, trial } = request;
  await removeDeadLocks(request);
  const lock = await acquireLock(trialFile.lock(dir, trial.id));
  if (!lock.ok) return { status: 'elsewhere', holder: describeHolder(lock.holder) };
  try {
    const before = (await readTrial(dir, trial.id)) ?? NO_RECORD;
    if (before.status === 'done') return { status: 'settled' };
    const config = await readTrialConfig(dir, trial.id);
    if (config === undefined)
      return { status: 'ran', outcome: { status: 'invalid', problems: [lostConfig(dir, trial.id)] } };
    return await runRecorded(before, config, request);
  } finally {
    await lock.release();
  }
}

async function runRecorded(before: TrialRecord, config: Config, request: TrialRequest): Promise<TrialOutcome> {
  const { dir, trial } = request;
  const began = Date.now();
  const attempt = { host: hostname(), pid: process.pid, started: new Date(began).toISOString() };
  const record = (rest: Partial<TrialRecord>, finished: string | null): TrialRecord => ({
    ...before,
    problems: [],
    status: 'running',
    attempts: [...before.attempts, { ...attempt, finished, seconds: (Date.now() - began) / 1000 }],
    ...rest,
  });
  await writeTrial(dir, trial.id, record({}, null));
  const heartbeat = new Heartbeat(dir, trial.id);
  try {
    const { outcome, rest } = await runAttempt(config, before, heartbeat, request);
    await writeTrial(dir, trial.id, record(rest, new Date().toISOString()));
    if (rest.status === 'paused') return { status: 'paused', epochs: request.pauseAfter! };
    return { status: 'ran', outcome };
  } finally {
    heartbeat.stop();
  }
}

interface AttemptResult {
  readonly outcome: RunOutcome;
  readonly rest: Partial<TrialRecord> & Pick<TrialRecord, 'status'>;
}

async function runAttempt(
  config: Config,
  before: TrialRecord,
  heartbeat: Heartbeat,
  request: TrialRequest,
): Promise<AttemptResult> {
  const { sweep, pauseAfter, components, listen } = request;
  await loadPlugins(config.plugins, components);
  const pause = new AbortController();
  const problems: Problem[] = [];
  let stepsPerEpoch = 0;
  const pausePoint = pauseAfter === undefined ? undefined : new PausePoint(pauseAfter, sweep.halving);
  const scopeOf = (stage: string) => components.stage.get(config.stages[stage]!.type).scope;
  const onEvent: Listener = (event) => {
    if (event.kind === 'stage-failed') problems.push(...event.problems);
    if (event.kind === 'stage-event' && event.tracked.event.kind === 'progress') {
      const { stage, event: progress } = event.tracked;
      const { training } = progress;
      heartbeat.report({ ...progress, stage, trained: trainedShare(progress, scopeOf(stage)) });
      if (training !== undefined) stepsPerEpoch = training.stepsPerEpoch;
    }
    if (event.kind === 'stage-event' && pausePoint?.isReached(event.tracked.event) === true) pause.abort();
    listen(event);
  };
  const outcome = await runExperiment({
    ...request,
    experiment: { config: withSweepName(config, sweep.name, components) },
    from: sweep.from ?? undefined,
    selection: { force: [] },
    dryRun: false,
    stop: AbortSignal.any([request.stop, pause.signal]),
    listen: onEvent,
  });
  const isPaused = pause.signal.aborted && !request.stop.aborted;
  const hasTrainedSoFar = isPaused || outcome.status === 'done' || outcome.status === 'up-to-date';
  const rung = hasTrainedSoFar ? await rungOf(outcome, config, stepsPerEpoch, request) : undefined;
  const result = resultOf(outcome, problems, isPaused, typeof rung === 'object' ? rung : undefined);
  const rungs = { ...before.rungs, ...(typeof rung === 'number' && { [String(pauseAfter)]: rung }) };
  const isOrphaned = result.status === 'interrupted' && request.orphaned?.aborted === true;
  const run = 'plan' in outcome ? outcome.plan?.runName : undefined;
  return { outcome, rest: { ...result, alone: isOrphaned, rungs, ...(run !== undefined && { run }) } };
}

/** The trial's state after an attempt. */
function resultOf(
  outcome: RunOutcome,
  reported: readonly Problem[],
  isPaused: boolean,
  rungProblem: Problem | undefined,
): AttemptResult['rest'] {
  switch (outcome.status) {
    case 'done':
    case 'up-to-date': {
      const measured = outcome.stages.map(({ outputs }) => recordedNumbers(outputs['metrics']));
      return { status: 'done', metrics: Object.assign({}, ...measured) as Record<string, number> };
    }
    case 'interrupted':
      if (isPaused && rungProblem !== undefined) {
        return { status: 'failed', problems: [`${rungProblem.message} ${rungProblem.cure}`] };
      }
      return { status: isPaused ? 'paused' : 'interrupted' };
    case 'invalid':
    case 'failed': {
      const problems = [...outcome.problems, ...reported].map(({ message }) => message);
      return {
        status: 'failed',
        problems: problems.length > 0 ? problems : ['An internal error of runner; see the log.'],
      };
    }
    case 'planned':
      return { status: 'failed', problems: ['Nothing ran.'] };
  }
}

/** The value for successive halving, or the problem if it is missing. */
async function rungOf(
  outcome: RunOutcome,
  config: Config,
  stepsPerEpoch: number,
  { pauseAfter, sweep, components }: TrialRequest,
): Promise<number | Problem | undefined> {
  if (pauseAfter === undefined || sweep.halving === null) return undefined;
  if (!('plan' in outcome) || outcome.plan === undefined) return undefined;
  const steps = stepsPerEpoch || stepsOfTraining(outcome);
  const { runDir } = outcome.plan;
  const curves = curvesOf(sweep.halving, { config, components });
  return (
    (await valueAfterEpoch(runDir, curves, epochsOf(outcome, pauseAfter), steps)) ??
    missingMetric(runDir, sweep.halving)
  );
}

/** The epoch of the choice: the last one of a training that stopped early before it. */
function epochsOf(outcome: RunOutcome, pauseAfter: number): number {
  const trained = 'stages' in outcome ? outcome.stages.map(({ outputs }) => Number(outputs['epochs'])) : [];
  return Math.min(pauseAfter, ...trained.filter((epochs) => epochs > 0).map(Math.ceil));
}

/** Steps per epoch of a training that was done before. */
function stepsOfTraining(outcome: RunOutcome): number {
  if (!('stages' in outcome)) return 0;
  const trained = outcome.stages.map(({ outputs }) => Number(outputs['step']) / Number(outputs['epochs']));
  return trained.find((steps) => steps > 0) ?? 0;
}

/**
 * Removes the locks of a process on another machine that has written no progress for long, as it cannot be checked directly; the run's lock only
 * if the same process owns it.
 */
async function removeDeadLocks({ dir, trial, runsRoot }: TrialRequest): Promise<void> {
  const path = trialFile.lock(dir, trial.id);
  const holder = await lockHolder(path);
  if (holder === undefined || holder.host === hostname() || (await isAtWork(dir, trial.id))) return;
  const run = (await readTrial(dir, trial.id))?.run ?? trial.run;
  const runLock = runFile.lock(join(runsRoot, (await runFinder(runsRoot))(run)));
  const runHolder = await lockHolder(runLock);
  if (runHolder?.host === holder.host && runHolder.pid === holder.pid) await rm(runLock, { force: true });
  await rm(path, { force: true });
}
