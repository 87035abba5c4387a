import type { SweepSnapshot } from './sweep-events.js';
import { keptOf, type Round, type Rounds } from './halving.js';
import type { TrialProgress } from './trial/heartbeat.js';

/** Progress of a round. */
export interface RoundProgress {
  readonly running: SweepSnapshot['running'];
  readonly queued: number;
  /** Trials that started it. */
  readonly trials: number;
  /** The halving factor. */
  readonly factor: number;
}

/** Estimates the time left from the time that trials took so far, over all rounds. */
export class EtaEstimator {
  #seconds = 0;
  #epochs = 0;
  /** The most trials seen running at once. */
  #atOnce = 1;

  /** Adds a trial that finished a round. */
  addTrial(seconds: number, { from, to }: Round): void {
    this.#seconds += seconds;
    this.#epochs += to - from;
  }

  /** @returns seconds until all are done; `undefined` before any trial has finished a round */
  secondsLeft({ running, queued, trials, factor }: RoundProgress, [round, ...later]: Rounds): number | undefined {
    this.#atOnce = Math.max(this.#atOnce, running.length);
    if (this.#epochs === 0) return undefined;
    const epochs = (later.at(-1) ?? round).to;
    const rest = running.reduce((sum, { progress }) => sum + (1 - shareOf(progress, round, epochs)), queued);
    // Queued trials replace those that end.
    const lanes = queued > 0 ? this.#atOnce : Math.max(1, running.length);
    const thisRound = (rest * (round.to - round.from)) / lanes;
    const laterRounds = epochsAhead(later, keptOf(trials, factor), factor, this.#atOnce);
    return (thisRound + laterRounds) * (this.#seconds / this.#epochs);
  }
}

/** The share of a round that a trial has done; nearly all of it is training. @param epochs of the full training */
function shareOf(progress: TrialProgress | undefined, { from, to }: Round, epochs: number): number {
  if (progress === undefined) return 0;
  return Math.min(1, Math.max(0, (progress.trained * epochs - from) / (to - from)));
}

/** Epochs trained in sequence in later rounds. @param trials that start them @param atOnce how many of them train in parallel */
function epochsAhead([round, ...later]: readonly Round[], trials: number, factor: number, atOnce: number): number {
  if (round === undefined) return 0;
  const here = Math.ceil(trials / atOnce) * (round.to - round.from);
  return here + epochsAhead(later, keptOf(trials, factor), factor, atOnce);
}
