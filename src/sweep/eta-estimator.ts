import type { SweepLook } from './sweep-events.js';
import { keptOf, type Round, type Rounds } from './halving.js';
import type { TrialProgress } from './trial/heartbeat.js';

/** How far a round is. */
export interface Standing {
  readonly running: SweepLook['running'];
  readonly queued: number;
  /** Trials that began it. */
  readonly trials: number;
  /** Of successive halving. */
  readonly factor: number;
}

/** How long trials take, over all rounds, and so how long the rest will. */
export class EtaEstimator {
  #seconds = 0;
  #epochs = 0;
  /** How many trials were seen to run at once. */
  #atOnce = 1;

  /** A trial has come to the end of a round. */
  tell(seconds: number, { from, to }: Round): void {
    this.#seconds += seconds;
    this.#epochs += to - from;
  }

  /** @returns seconds until all are done; unknown before a trial has come to the end of a round */
  left({ running, queued, trials, factor }: Standing, [round, ...later]: Rounds): number | undefined {
    this.#atOnce = Math.max(this.#atOnce, running.length);
    if (this.#epochs === 0) return undefined;
    const epochs = (later.at(-1) ?? round).to;
    const rest = running.reduce((sum, { progress }) => sum + (1 - shareOf(progress, round, epochs)), queued);
    // Those that wait will take the place of those that end, as long as there are any.
    const lanes = queued > 0 ? this.#atOnce : Math.max(1, running.length);
    const here = (rest * (round.to - round.from)) / lanes;
    const ahead = epochsAhead(later, keptOf(trials, factor), factor, this.#atOnce);
    return (here + ahead) * (this.#seconds / this.#epochs);
  }
}

/** How much of a round a trial has done: all but a little of it is training. @param epochs of the whole training */
function shareOf(progress: TrialProgress | undefined, { from, to }: Round, epochs: number): number {
  if (progress === undefined) return 0;
  return Math.min(1, Math.max(0, (progress.trained * epochs - from) / (to - from)));
}

/** Epochs that are trained one after the other in rounds to come. @param trials that begin them @param atOnce how many of them train at once */
function epochsAhead([round, ...later]: readonly Round[], trials: number, factor: number, atOnce: number): number {
  if (round === undefined) return 0;
  const here = Math.ceil(trials / atOnce) * (round.to - round.from);
  return here + epochsAhead(later, keptOf(trials, factor), factor, atOnce);
}
