import { setTimeout as pause } from 'node:timers/promises';
import { ProblemError } from '../support/problem.js';
import type { SweepOutcome } from './sweep-events.js';
import type { FrozenTrial } from './frozen.js';
import { choose, readRungs, roundsOf, writeRungs } from './halving.js';
import { EtaEstimator } from './eta-estimator.js';
import { SweepPhase, type PhaseRequest, type PhaseStart } from './phase.js';
import { readTrial } from './trial/trial-record.js';

export interface DriveRequest extends PhaseRequest {
  /** Epochs of the full training, for successive halving. */
  readonly epochs: number;
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
}

/** Completes every trial: skips finished ones, waits for those that run elsewhere, and submits the rest to the launcher. */
export async function drive(request: DriveRequest): Promise<SweepOutcome> {
  const { sweep, listen, dir } = request;
  const records = await Promise.all(sweep.trials.map(({ id }) => readTrial(dir, id)));
  const done = records.filter((record) => record?.status === 'done').length;
  const chosen = (await readRungs(dir)).at(-1)?.kept.length ?? sweep.trials.length;
  listen({ kind: 'sweep-started', name: sweep.name, dir, trials: sweep.trials.length, done });
  return roundByRound(request, done >= chosen);
}

async function roundByRound(request: DriveRequest, nothingToDo: boolean): Promise<SweepOutcome> {
  const { sweep, listen, launcher } = request;
  const pace = new EtaEstimator();
  let trials: readonly FrozenTrial[] = sweep.trials;
  let failed = 0;
  for (let trained = 0; trials.length > 0;) {
    // A single trial needs no choice.
    const rounds = roundsOf(trials.length === 1 ? null : sweep.halving, request.epochs, trained);
    const [{ to, pauses }] = rounds;
    const ended = await onePhase({ trials, rounds, pace, failed }, request);
    if (ended === 'interrupted') return { status: 'interrupted', detached: launcher.detached };
    failed += trials.length - ended.length;
    if (!pauses) break;
    const { kept, isNew } = await choiceAfter(to, ended, failed, request);
    if (isNew) listen({ kind: 'rung', epochs: to, kept: kept.length, pruned: ended.length - kept.length });
    trials = sweep.trials.filter(({ id }) => kept.includes(id));
    trained = to;
  }
  return failed === 0 ? { status: 'done', nothing: nothingToDo } : { status: 'failed', problems: [] };
}

/** The choice after a round: the recorded one, or a new one. @param failed how many trials have failed so far */
async function choiceAfter(
  epochs: number,
  ended: readonly FrozenTrial[],
  failed: number,
  { dir, sweep }: DriveRequest,
): Promise<{ readonly kept: readonly number[]; readonly isNew: boolean }> {
  const rungs = await readRungs(dir);
  const decided = rungs.find((each) => each.epochs === epochs);
  if (decided !== undefined) return { kept: decided.kept, isNew: false };
  const ids = ended.map(({ id }) => id);
  const values = new Map<number, number | undefined>();
  for (const id of ids) values.set(id, (await readTrial(dir, id))?.rungs[String(epochs)]);
  const kept = choose(ids, values, sweep.halving!);
  // Failed trials may succeed on a later attempt and then take part in the choice.
  if (failed === 0) await writeRungs(dir, [...rungs, { epochs, kept }]);
  return { kept, isNew: true };
}

/** @returns the trials that reached the goal of the phase, or 'interrupted' if the user stopped it */
async function onePhase(start: PhaseStart, request: DriveRequest): Promise<readonly FrozenTrial[] | 'interrupted'> {
  const { launcher, stop, stopNow } = request;
  const phase = await SweepPhase.begin(start, request);
  let stopRequested = false;
  while (phase.unsettled > 0) {
    await stepWithRetry(phase, request);
    if (phase.unsettled === 0) break;
    if (stop.aborted && !stopRequested) {
      if (launcher.detached) return 'interrupted';
      stopRequested = true;
      await phase.stop();
    }
    if (stopNow.aborted) {
      // The second request: stop without waiting.
      await phase.stop();
      return 'interrupted';
    }
    if (stop.aborted && phase.runningCount === 0) return 'interrupted';
    await pause(launcher.interval, undefined, { signal: stop.aborted ? stopNow : stop }).catch(() => undefined);
  }
  return stop.aborted && phase.succeeded.length < start.trials.length ? 'interrupted' : phase.succeeded;
}

/** Retries a launcher that does not respond. @throws ProblemError for what the user must fix */
async function stepWithRetry(phase: SweepPhase, { listen, stop }: DriveRequest): Promise<void> {
  try {
    await phase.step(!stop.aborted);
    if (phase.silent) listen({ kind: 'note', level: 'info', text: 'The launcher responds again.' });
    phase.silent = false;
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    if (!phase.silent) {
      const text = `The launcher does not respond (${error.message}); running trials continue, and the request is retried.`;
      listen({ kind: 'note', level: 'warning', text });
    }
    phase.silent = true;
  }
}
