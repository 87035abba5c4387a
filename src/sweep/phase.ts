import type { Launcher } from '../registry/kinds/launcher.js';
import type { SweepListener, SweepLook } from './sweep-events.js';
import { trialFile } from './sweep-files.js';
import type { FrozenSweep, FrozenTrial } from './frozen.js';
import type { Rounds } from './halving.js';
import type { EtaEstimator } from './eta-estimator.js';
import type { TrialState } from './summary/sweep-summary.js';
import { isAtWork, readProgress } from './trial/heartbeat.js';
import { endJob, readJob, writeJob } from './trial/job.js';
import { readTrial, type TrialRecord } from './trial/trial-record.js';

/** Between two looks at how far trials are. */
const LOOK_MS = 1000;

/** How often a trial is handed over again because the launcher has lost it. */
const MOST_LOSSES = 3;

export interface PhaseRequest {
  /** The sweep's folder. The caller holds its lock. */
  readonly dir: string;
  readonly sweep: FrozenSweep;
  readonly launcher: Launcher;
  /** The launcher's name, in the notes on who has a trial. */
  readonly launcherName: string;
  /** The command that runs a trial, without its number. @param pauseAfter epochs, for successive halving */
  readonly command: (pauseAfter: number | undefined) => readonly string[];
  readonly listen: SweepListener;
}

export interface PhaseStart {
  readonly trials: readonly FrozenTrial[];
  /** The round to bring them through, and those that come after it. */
  readonly rounds: Rounds;
  readonly pace: EtaEstimator;
  /** How many trials of the sweep did not come so far. */
  readonly failed: number;
}

interface RunningJobs {
  readonly trial: FrozenTrial;
  /** Of the launcher; absent where somebody else has begun it. */
  readonly handle?: string;
  /** Begun by an earlier command, and not seen at work by this one: how it ended is old news. */
  unseen: boolean;
  running: boolean;
  /** How many attempts there were before this one. */
  readonly attempts: number;
  readonly since: number;
}

/** Trials on their way to one goal: the end, or so many epochs. */
export class SweepPhase {
  readonly succeeded: FrozenTrial[] = [];
  /** Whether the launcher did not answer last time. */
  silent = false;
  readonly #queue: FrozenTrial[] = [];
  readonly #flights = new Map<number, RunningJobs>();
  readonly #losses = new Map<number, number>();
  readonly #counts = new Map<TrialState, number>();
  #stopping = false;
  #looked = -Infinity;

  private constructor(
    private readonly start: PhaseStart,
    private readonly request: PhaseRequest,
  ) {
    const { trials, failed } = start;
    if (failed > 0) this.#counts.set('failed', failed);
    const pruned = request.sweep.trials.length - trials.length - failed;
    if (pruned > 0) this.#counts.set('pruned', pruned);
  }

  /** Sorts trials by what their records say: settled, at work, to be done. */
  static async begin(start: PhaseStart, request: PhaseRequest): Promise<SweepPhase> {
    const phase = new SweepPhase(start, request);
    for (const trial of start.trials) await phase.#place(trial);
    return phase;
  }

  /** Epochs after which trials wait for the choice. */
  get #pauseAfter(): number | undefined {
    const [{ pauses, to }] = this.start.rounds;
    return pauses ? to : undefined;
  }

  get unsettled(): number {
    return this.#queue.length + this.#flights.size;
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  /** Looks who is gone, and submits what fits. @param submit whether more may be started */
  async step(submit: boolean): Promise<void> {
    await this.#watch();
    if (submit) await this.#submit();
    if (performance.now() - this.#looked > LOOK_MS) await this.#look();
  }

  /** Asks all that are at work to save and leave. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.request.launcher.cancel(this.#handles());
  }

  async #place(trial: FrozenTrial): Promise<void> {
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
      this.#flights.set(trial.id, { trial, handle, running: atWork, unseen: !atWork, attempts, since: Date.now() });
    }
  }

  /** Whether a trial is where this phase wants it. */
  #hasArrived(record: TrialRecord | undefined): boolean {
    if (record?.status === 'done') return true;
    return this.#pauseAfter !== undefined && record?.rungs[String(this.#pauseAfter)] !== undefined;
  }

  async #watch(): Promise<void> {
    const { launcher, dir, listen } = this.request;
    const handles = this.#handles();
    const jobs = handles.length === 0 ? new Map<string, never>() : await launcher.watch(handles);
    for (const flight of [...this.#flights.values()]) {
      const job = flight.handle === undefined ? 'gone' : jobs.get(flight.handle);
      // Another process may have it: what a launcher forgot, or a command that was killed.
      const isGone = job === 'gone' || job === 'lost';
      if (isGone && !(await isAtWork(dir, flight.trial.id))) await this.#land(flight, job === 'lost');
      else if (!flight.running && job !== 'queued') {
        flight.running = true;
        flight.unseen = false;
        listen({ kind: 'trial-started', trial: flight.trial });
      }
    }
  }

  #handles(): string[] {
    return [...this.#flights.values()].flatMap(({ handle }) => (handle === undefined ? [] : [handle]));
  }

  /** It is gone: its record says how it ended. */
  async #land(flight: RunningJobs, isLost: boolean): Promise<void> {
    const { trial, since, handle } = flight;
    const { dir, listen } = this.request;
    const record = await readTrial(dir, trial.id);
    this.#flights.delete(trial.id);
    const isNew = (record?.attempts.length ?? 0) > flight.attempts;
    const state = this.#endOf(record, isNew);
    const isLeft = flight.unseen || (isNew && record?.alone === true);
    const hasArrived = state === 'done' || state === 'paused';
    const again = !hasArrived && state !== 'failed' && (isLeft || (isLost && this.#mayRetry(trial)));
    if (handle !== undefined) await endJob(dir, trial.id, state === 'cancelled' && !again);
    if (again) {
      this.#queue.push(trial);
      return;
    }
    this.#count(state);
    if (hasArrived) {
      this.succeeded.push(trial);
      this.start.pace.tell((Date.now() - since) / 1000, this.start.rounds[0]);
    }
    const seconds = record?.attempts.at(-1)?.seconds ?? 0;
    const log = trialFile.log(dir, trial.id);
    const problem = why(state, isNew ? record : undefined);
    const paused = state === 'paused' && { epochs: this.#pauseAfter };
    listen({ kind: 'trial-ended', trial, state, problem, log, seconds, ...paused });
  }

  /** What launchers lose is handed over again, but not for ever. */
  #mayRetry({ id }: FrozenTrial): boolean {
    const losses = (this.#losses.get(id) ?? 0) + 1;
    this.#losses.set(id, losses);
    return losses <= MOST_LOSSES && !this.#stopping;
  }

  #endOf(record: TrialRecord | undefined, isNew: boolean): TrialState {
    if (this.#hasArrived(record)) return arrivedState(record);
    if (isNew && record?.status === 'running') return 'crashed';
    if (isNew && record?.status === 'failed') return 'failed';
    return this.#stopping ? 'stopped' : 'cancelled';
  }

  async #submit(): Promise<void> {
    const { launcher, dir, launcherName, command, listen } = this.request;
    if (launcher.batches === true && this.#flights.size > 0) return;
    const next = this.#next(Math.max(0, launcher.capacity - this.#flights.size));
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
      this.#flights.set(trial.id, { trial, handle, running: false, unseen: false, attempts, since: Date.now() });
      await writeJob(dir, trial.id, { launcher: launcherName, handle, submitted });
      listen({ kind: 'trial-submitted', trial });
    }
  }

  /** The first of the queue, but no two of one run, such as those that differ in what is evaluated: they would be in each other's way. */
  #next(room: number): FrozenTrial[] {
    const runs = new Set([...this.#flights.values()].map(({ trial }) => trial.run));
    const next: FrozenTrial[] = [];
    for (const trial of this.#queue) {
      if (next.length === room) break;
      if (!runs.has(trial.run)) next.push(trial);
      runs.add(trial.run);
    }
    return next;
  }

  async #look(): Promise<void> {
    this.#looked = performance.now();
    const running: SweepLook['running'][number][] = [];
    for (const { trial, running: isRunning } of this.#flights.values()) {
      if (isRunning) running.push({ trial, progress: await readProgress(this.request.dir, trial.id) });
    }
    const counts = { ...Object.fromEntries(this.#counts), running: running.length };
    const queued = this.unsettled - running.length;
    const { start, request } = this;
    const { sweep } = request;
    const standing = { running, queued, trials: start.trials.length, factor: sweep.halving?.factor ?? 1 };
    const left = start.pace.left(standing, start.rounds);
    const look = { counts: { ...counts, queued }, total: sweep.trials.length, running, left };
    this.request.listen({ kind: 'look', look });
  }

  #count(state: TrialState): void {
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + 1);
  }
}

/** A trial that is where it should be. */
function arrivedState(record: TrialRecord | undefined): 'done' | 'paused' {
  return record?.status === 'done' ? 'done' : 'paused';
}

function why(state: TrialState, record: TrialRecord | undefined): string | null {
  switch (state) {
    case 'failed':
      return record?.problems[0] ?? 'It failed.';
    case 'crashed':
      return 'Its process ended without a word: it was killed, or memory ran out.';
    case 'cancelled':
      return record === undefined
        ? 'It was taken off the queue before it began.'
        : 'Somebody asked it to stop; it goes on when the sweep does.';
    default:
      return null;
  }
}
