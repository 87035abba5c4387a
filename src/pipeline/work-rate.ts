import type { Progress } from '../registry/kinds/stage-event.js';

type Counted = Pick<Progress, 'unit' | 'done' | 'total' | 'rate'>;

/** The mean rate is unreliable before this time. */
const MIN_SECONDS = 0.5;

/** The rate of a stage's work: as the stage reports it, else the mean since the work began. */
export class WorkRate {
  #last: Counted | undefined;
  #first: { readonly time: number; readonly done: number } | undefined;

  /** @param now in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns whether other work began, with a new rate: another unit, another total, or a restart */
  update(progress: Counted): boolean {
    const last = this.#last;
    const same = last?.unit === progress.unit && progress.done >= last.done && progress.total === last.total;
    if (!same) this.#first = { time: this.now(), done: progress.done };
    this.#last = progress;
    return !same;
  }

  /** Units per second; 0 while unknown. */
  rate(): number {
    if (this.#last === undefined) return 0;
    const { rate, done } = this.#last;
    if (rate !== undefined) return rate;
    const seconds = (this.now() - this.#first!.time) / 1000;
    return seconds > MIN_SECONDS ? (done - this.#first!.done) / seconds : 0;
  }

  /** Seconds until the work is done; `undefined` while unknown. */
  left(): number | undefined {
    const rate = this.rate();
    if (this.#last === undefined || rate <= 0) return undefined;
    const { total, done } = this.#last;
    return total > done ? (total - done) / rate : undefined;
  }
}
