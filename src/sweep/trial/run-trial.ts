import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { runFile } from '../../pipeline/paths.js';
import type { Config } from '../../registry/config.js';
import type { Listener } from '../../pipeline/runner-events.js';
import { runExperiment } from '../../pipeline/run-experiment.js';
import type { RunOutcome } from '../../pipeline/run-outcome.js';
import type { RunRequest } from '../../pipeline/run-request.js';
import { runFinder } from '../../pipeline/run-name.js';
import { numbersIn } from '../../pipeline/run-status.js';
import { loadPlugins } from '../../registry/plugins.js';
import { acquireLock, describeHolder, lockHolder } from '../../support/lock.js';
import type { Problem } from '../../support/problem.js';
import { trialFile } from '../sweep-files.js';
import { type FrozenSweep, type FrozenTrial, lostConfig, readTrialConfig } from '../frozen.js';
import { ofSweep } from '../sweep-reporter.js';
import { Heartbeat, isAtWork } from './heartbeat.js';
import { NO_RECORD, readTrial, type TrialRecord, writeTrial } from './trial-record.js';
import { hasTrained, meanOfEpoch, nothingTold, trainedShare } from './rung.js';

export interface TrialRequest extends Pick<
  RunRequest,
  'components' | 'stageProcess' | 'runsRoot' | 'stop' | 'stopNow' | 'command' | 'storeLimit' | 'cwd' | 'env' | 'listen'
> {
  /** The sweep's folder. */
  readonly dir: string;
  readonly sweep: FrozenSweep;
  readonly trial: FrozenTrial;
  /** Aborted when the process that started this one is gone: `stop` should be, too. */
  readonly alone?: AbortSignal;
  /** Train so many epochs, then wait for what successive halving decides. */
  readonly pauseAfter?: number;
}

export type TrialOutcome =
  | { readonly status: 'paused'; readonly epochs: number }
  /** It was done before; nothing was done now. */
  | { readonly status: 'settled' }
  /** Another process is at it. */
  | { readonly status: 'elsewhere'; readonly holder: string }
  | { readonly status: 'ran'; readonly outcome: RunOutcome };

/** Runs one trial of a sweep as it was frozen, or goes on with it, and keeps its record. */
export async function runTrial(request: TrialRequest): Promise<TrialOutcome> {
  const { dir, trial } = request;
  await forgetDead(request);
  const lock = await acquireLock(trialFile.lock(dir, trial.id));
  if (!lock.ok) return { status: 'elsewhere', holder: describeHolder(lock.holder) };
  try {
    const before = (await readTrial(dir, trial.id)) ?? NO_RECORD;
    if (before.status === 'done') return { status: 'settled' };
    const config = await readTrialConfig(dir, trial.id);
    if (config === undefined)
      return { status: 'ran', outcome: { status: 'invalid', problems: [lostConfig(dir, trial.id)] } };
    return await recorded(before, config, request);
  } finally {
    await lock.release();
  }
}

async function recorded(before: TrialRecord, config: Config, request: TrialRequest): Promise<TrialOutcome> {
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
    const { outcome, rest } = await attemptAt(config, before, heartbeat, request);
    await writeTrial(dir, trial.id, record(rest, new Date().toISOString()));
    if (rest.status === 'paused') return { status: 'paused', epochs: request.pauseAfter! };
    return { status: 'ran', outcome };
  } finally {
    heartbeat.stop();
  }
}

interface Attempted {
  readonly outcome: RunOutcome;
  readonly rest: Partial<TrialRecord> & Pick<TrialRecord, 'status'>;
}

async function attemptAt(
  config: Config,
  before: TrialRecord,
  heartbeat: Heartbeat,
  request: TrialRequest,
): Promise<Attempted> {
  const { sweep, pauseAfter, components, listen } = request;
  await loadPlugins(config.plugins, components);
  const pause = new AbortController();
  const problems: Problem[] = [];
  let stepsPerEpoch = 0;
  const scopeOf = (stage: string) => components.stage.get(config.stages[stage]!.type).scope;
  const hear: Listener = (event) => {
    if (event.kind === 'stage-failed') problems.push(...event.problems);
    if (event.kind === 'stage-event' && event.tracked.event.kind === 'progress') {
      const { stage, event: progress } = event.tracked;
      const { training } = progress;
      heartbeat.report({ ...progress, stage, trained: trainedShare(progress, scopeOf(stage)) });
      if (training !== undefined) {
        stepsPerEpoch = training.stepsPerEpoch;
        if (pauseAfter !== undefined && hasTrained(training, pauseAfter)) pause.abort();
      }
    }
    listen(event);
  };
  const outcome = await runExperiment({
    ...request,
    experiment: { config: ofSweep(config, sweep.name, components) },
    from: sweep.from ?? undefined,
    selection: { force: [] },
    dryRun: false,
    stop: AbortSignal.any([request.stop, pause.signal]),
    listen: hear,
  });
  const isPaused = pause.signal.aborted && !request.stop.aborted;
  const hasTrainedSoFar = isPaused || outcome.status === 'done' || outcome.status === 'up-to-date';
  const rung = hasTrainedSoFar ? await rungOf(outcome, stepsPerEpoch, request) : undefined;
  const result = resultOf(outcome, problems, isPaused, typeof rung === 'object' ? rung : undefined);
  const rungs = { ...before.rungs, ...(typeof rung === 'number' && { [String(pauseAfter)]: rung }) };
  const alone = result.status === 'interrupted' && request.alone?.aborted === true;
  const run = 'plan' in outcome ? outcome.plan?.runName : undefined;
  return { outcome, rest: { ...result, alone, rungs, ...(run !== undefined && { run }) } };
}

/** What the end of an attempt means for the trial. */
function resultOf(
  outcome: RunOutcome,
  told: readonly Problem[],
  isPaused: boolean,
  hopeless: Problem | undefined,
): Attempted['rest'] {
  switch (outcome.status) {
    case 'done':
    case 'up-to-date': {
      const measured = outcome.stages.map(({ outputs }) => numbersIn(outputs['metrics']));
      return { status: 'done', metrics: Object.assign({}, ...measured) as Record<string, number> };
    }
    case 'interrupted':
      if (isPaused && hopeless !== undefined) {
        return { status: 'failed', problems: [`${hopeless.message} ${hopeless.cure}`] };
      }
      return { status: isPaused ? 'paused' : 'interrupted' };
    case 'invalid':
    case 'failed': {
      const problems = [...outcome.problems, ...told].map(({ message }) => message);
      return { status: 'failed', problems: problems.length > 0 ? problems : ['A bug in runner; the log has it.'] };
    }
    case 'planned':
      return { status: 'failed', problems: ['Nothing was run.'] };
  }
}

/** What successive halving chooses by, or why there is none. */
async function rungOf(
  outcome: RunOutcome,
  stepsPerEpoch: number,
  { pauseAfter, sweep }: TrialRequest,
): Promise<number | Problem | undefined> {
  if (pauseAfter === undefined || sweep.halving === null) return undefined;
  if (!('plan' in outcome) || outcome.plan === undefined) return undefined;
  const steps = stepsPerEpoch || trainedBefore(outcome);
  const { runDir } = outcome.plan;
  return (await meanOfEpoch(runDir, sweep.halving, pauseAfter, steps)) ?? nothingTold(runDir, sweep.halving);
}

/** Steps an epoch, of a training that was done already. */
function trainedBefore(outcome: RunOutcome): number {
  if (!('stages' in outcome)) return 0;
  const trained = outcome.stages.map(({ outputs }) => Number(outputs['step']) / Number(outputs['epochs']));
  return trained.find((steps) => steps > 0) ?? 0;
}

/**
 * A process of another machine that was silent for long is dead, though nobody here can ask: its locks are removed, that of the run only
 * if it was this trial's process.
 */
async function forgetDead({ dir, trial, runsRoot }: TrialRequest): Promise<void> {
  const path = trialFile.lock(dir, trial.id);
  const holder = await lockHolder(path);
  if (holder === undefined || holder.host === hostname() || (await isAtWork(dir, trial.id))) return;
  const run = (await readTrial(dir, trial.id))?.run ?? trial.run;
  const runLock = runFile.lock(join(runsRoot, (await runFinder(runsRoot))(run)));
  const ofRun = await lockHolder(runLock);
  if (ofRun?.host === holder.host && ofRun.pid === holder.pid) await rm(runLock, { force: true });
  await rm(path, { force: true });
}
