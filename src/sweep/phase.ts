import type { Launcher } from '../registry/kinds/launcher.js';
import type { SweepListener, SweepSnapshot } from './sweep-events.js';
import { trialFile } from './sweep-files.js';
import type { FrozenSweep, FrozenTrial } from './frozen.js';
import type { Rounds } from './halving.js';
import type { EtaEstimator } from './eta-estimator.js';
import type { TrialState } from './summary/sweep-summary.js';
import { isAtWork, readProgress } from './trial/heartbeat.js';
import { endJob, readJob, writeJob } from './trial/job.js';
import { readTrial, type TrialRecord } from './trial/trial-record.js';

/** Time between two progress snapshots. */
const SNAPSHOT_MS = 1000;

/** How long a launcher may say that a trial runs which has ended, in milliseconds: a cluster's controller may have missed its end. */
const OVERDUE_MS = 15_000;

/** How often a trial that the launcher lost is submitted again. */
const MAX_LOSSES = 3;

export interface PhaseRequest {
  /** The sweep's folder. The caller owns its lock. */
  readonly dir: string;
  readonly sweep: FrozenSweep;
  readonly launcher: Launcher;
  /** The launcher's name, recorded with each submitted trial. */
  readonly launcherName: string;
  /** The command that runs a trial, without its number. @param pauseAfter epochs, for successive halving */
  readonly command: (pauseAfter: number | undefined) => readonly string[];
  readonly listen: SweepListener;
  /** By default {@link OVERDUE_MS}. */
  readonly overdue?: number;
}

export interface PhaseStart {
  readonly trials: readonly FrozenTrial[];
  /** The current round and the later ones. */
  readonly rounds: Rounds;
  readonly pace: EtaEstimator;
  /** How many trials of the sweep failed earlier. */
  readonly failed: number;
}

interface RunningTrial {
  readonly trial: FrozenTrial;
  /** The launcher's job; absent if another process started the trial. */
  readonly handle?: string;
  /** Started by an earlier command and not seen running by this one, so its end is not reported. */
  unseen: boolean;
  running: boolean;
  /** Number of earlier attempts. */
  readonly attempts: number;
  readonly since: number;
  /** When its record first said that it has ended, while the launcher says that it runs. */
  endedSince?: number;
}

/** Runs trials to one goal: the end, or a number of epochs. */
export class SweepPhase {
  readonly succeeded: FrozenTrial[] = [];
  /** Whether the launcher failed to respond last time. */
  silent = false;
  readonly #queue: FrozenTrial[] = [];
  readonly #running = new Map<number, RunningTrial>();
  readonly #losses = new Map<number, number>();
  readonly #counts = new Map<TrialState, number>();
  #stopping = false;
  #lastSnapshot = -Infinity;

  private constructor(
    private readonly start: PhaseStart,
    private readonly request: PhaseRequest,
  ) {
    const { trials, failed } = start;
    if (failed > 0) this.#counts.set('failed', failed);
    const pruned = request.sweep.trials.length - trials.length - failed;
    if (pruned > 0) this.#counts.set('pruned', pruned);
  }

  /** Sorts trials by their records: settled, running, to do. */
  static async begin(start: PhaseStart, request: PhaseRequest): Promise<SweepPhase> {
    const phase = new SweepPhase(start, request);
    for (const trial of start.trials) await phase.#sortIn(trial);
    return phase;
  }

  /** Epochs after which trials wait for the choice. */
  get #pauseAfter(): number | undefined {
    const [{ pauses, to }] = this.start.rounds;
    return pauses ? to : undefined;
  }

  get unsettled(): number {
    return this.#queue.length + this.#running.size;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Handles ended jobs, and submits as many trials as the capacity allows. @param submit whether more may be started */
  async step(submit: boolean): Promise<void> {
    await this.#watch();
    if (submit) await this.#submit();
    if (performance.now() - this.#lastSnapshot > SNAPSHOT_MS) await this.#reportSnapshot();
  }

  /** Asks all running trials to save and exit. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.request.launcher.cancel(this.#handles());
  }

  async #sortIn(trial: FrozenTrial): Promise<void> {
    const { dir } = this.request;
    const record = await readTrial(dir, trial.id);
    if (this.#hasArrived(record)) {
      this.succeeded.push(trial);
      this.#count(arrivedState(record));
      return;
    }
    const job = await readJob(dir, trial.id);
    const isOurs = job?.launcher === this.request.launcherName && job.cancelled === undefined;
    const handle = isOurs ? job.handle : undefined;
    const atWork = await isAtWork(dir, trial.id);
    if (handle === undefined && !atWork) this.#queue.push(trial);
    else {
      const attempts = (record?.attempts.length ?? 0) - (atWork ? 1 : 0);
      this.#running.set(trial.id, { trial, handle, running: atWork, unseen: !atWork, attempts, since: Date.now() });
    }
  }

  /** Whether a trial has reached the goal of this phase. */
  #hasArrived(record: TrialRecord | undefined): boolean {
    if (record?.status === 'done') return true;
    return this.#pauseAfter !== undefined && record?.rungs[String(this.#pauseAfter)] !== undefined;
  }

  async #watch(): Promise<void> {
    const { launcher, dir, listen } = this.request;
    const handles = this.#handles();
    const jobs = handles.length === 0 ? new Map<string, never>() : await launcher.watch(handles);
    for (const running of [...this.#running.values()]) {
      const job = running.handle === undefined ? 'gone' : jobs.get(running.handle);
      // Another process may run it: the launcher forgot the job, or an earlier command was killed.
      const isGone = job === 'gone' || job === 'lost';
      if (isGone && !(await isAtWork(dir, running.trial.id))) await this.#finish(running, job === 'lost');
      else if (await this.#isOverdue(running)) await this.#finish(running, false);
      else if (!running.running && job !== 'queued') {
        running.running = true;
        running.unseen = false;
        listen({ kind: 'trial-started', trial: running.trial });
      }
    }
  }

  /** Whether a trial has reached its goal some time ago, by its record, and no process works at it. */
  async #isOverdue(running: RunningTrial): Promise<boolean> {
    const { dir, overdue = OVERDUE_MS } = this.request;
    const { id } = running.trial;
    if (!this.#hasArrived(await readTrial(dir, id)) || (await isAtWork(dir, id))) return false;
    running.endedSince ??= performance.now();
    return performance.now() - running.endedSince >= overdue;
  }

  #handles(): string[] {
    return [...this.#running.values()].flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
  }

  /** Handles a job that ended; the record has the result. */
  async #finish(ended: RunningTrial, isLost: boolean): Promise<void> {
    const { trial, since, handle } = ended;
    const { dir, listen } = this.request;
    const record = await readTrial(dir, trial.id);
    this.#running.delete(trial.id);
    const isNew = (record?.attempts.length ?? 0) > ended.attempts;
    const state = this.#endOf(record, isNew);
    const isOrphaned = ended.unseen || (isNew && record?.alone === true);
    const hasArrived = state === 'done' || state === 'paused';
    const again = !hasArrived && state !== 'failed' && (isOrphaned || (isLost && this.#mayRetry(trial)));
    if (handle !== undefined) await endJob(dir, trial.id, state === 'cancelled' && !again);
    if (again) {
      this.#queue.push(trial);
      return;
    }
    this.#count(state);
    if (hasArrived) {
      this.succeeded.push(trial);
      this.start.pace.addTrial((Date.now() - since) / 1000, this.start.rounds[0]);
    }
    const seconds = record?.attempts.at(-1)?.seconds ?? 0;
    const log = trialFile.log(dir, trial.id);
    const problem = reasonOf(state, isNew ? record : undefined);
    const paused = state === 'paused' && { epochs: this.#pauseAfter };
    listen({ kind: 'trial-ended', trial, state, problem, log, seconds, ...paused });
  }

  /** Trials that the launcher loses are submitted again, a limited number of times. */
  #mayRetry({ id }: FrozenTrial): boolean {
    const losses = (this.#losses.get(id) ?? 0) + 1;
    this.#losses.set(id, losses);
    return losses <= MAX_LOSSES && !this.#stopping;
  }

  #endOf(record: TrialRecord | undefined, isNew: boolean): TrialState {
    if (this.#hasArrived(record)) return arrivedState(record);
    if (isNew && record?.status === 'running') return 'crashed';
    if (isNew && record?.status === 'failed') return 'failed';
    return this.#stopping ? 'stopped' : 'cancelled';
  }

  async #submit(): Promise<void> {
    const { launcher, dir, launcherName, command, listen } = this.request;
    if (launcher.batches === true && this.#running.size > 0) return;
    const next = this.#next(Math.max(0, launcher.capacity - this.#running.size));
    if (next.length === 0) return;
    const ids = next.map(({ id }) => id);
    const before = await Promise.all(ids.map(async (id) => (await readTrial(dir, id))?.attempts.length ?? 0));
    const handles = await launcher.submit({ trials: ids, command: command(this.#pauseAfter) });
    const submitted = new Date().toISOString();
    for (const [index, trial] of next.entries()) {
      const handle = handles.get(trial.id);
      if (handle === undefined) continue;
      this.#queue.splice(this.#queue.indexOf(trial), 1);
      const attempts = before[index]!;
      this.#running.set(trial.id, { trial, handle, running: false, unseen: false, attempts, since: Date.now() });
      await writeJob(dir, trial.id, { launcher: launcherName, handle, submitted });
      listen({ kind: 'trial-submitted', trial });
    }
  }

  /** The first of the queue, but no two of the same run (such as trials that differ in evaluation only): both would lock it. */
  #next(limit: number): FrozenTrial[] {
    const runs = new Set([...this.#running.values()].map(({ trial }) => trial.run));
    const next: FrozenTrial[] = [];
    for (const trial of this.#queue) {
      if (next.length === limit) break;
      if (!runs.has(trial.run)) next.push(trial);
      runs.add(trial.run);
    }
    return next;
  }

  async #reportSnapshot(): Promise<void> {
    this.#lastSnapshot = performance.now();
    const running: SweepSnapshot['running'][number][] = [];
    for (const { trial, running: isRunning } of this.#running.values()) {
      if (isRunning) running.push({ trial, progress: await readProgress(this.request.dir, trial.id) });
    }
    const counts = { ...Object.fromEntries(this.#counts), running: running.length };
    const queued = this.unsettled - running.length;
    const { start, request } = this;
    const { sweep } = request;
    const standing = { running, queued, trials: start.trials.length, factor: sweep.halving?.factor ?? 1 };
    const left = start.pace.secondsLeft(standing, start.rounds);
    const snapshot = { counts: { ...counts, queued }, total: sweep.trials.length, running, left };
    this.request.listen({ kind: 'look', look: snapshot });
  }

  #count(state: TrialState): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + 1);
  }
}

/** The state of a trial that reached the goal. */
function arrivedState(record: TrialRecord | undefined): 'done' | 'paused' {
  return record?.status === 'done' ? 'done' : 'paused';
}

function reasonOf(state: TrialState, record: TrialRecord | undefined): string | null {
  switch (state) {
    case 'failed':
      return record?.problems[0] ?? 'It failed.';
    case 'crashed':
      return 'Its process ended unexpectedly: it was killed, or memory ran out.';
    case 'cancelled':
      return record === undefined
        ? 'It was removed from the queue before it started.'
        : 'It was asked to stop; it resumes with the sweep.';
    default:
      return null;
  }
}
