import type { Progress } from '../registry/kinds/stage-event.js';

type Counted = Pick<Progress, 'unit' | 'done' | 'total' | 'rate'>;

/** Before it has taken this long, the speed of work says nothing. */
const LEAST_SECONDS = 0.5;

/** How fast a stage's work goes: what the stage says, else the mean since the work began. */
export class WorkRate {
  #last: Counted | undefined;
  #first: { readonly time: number; readonly done: number } | undefined;

  /** @param now in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns whether this is other work, whose speed says nothing of this one's: another unit, another file, a new beginning */
  update(progress: Counted): boolean {
    const last = this.#last;
    const same = last?.unit === progress.unit && progress.done >= last.done && progress.total === last.total;
    if (!same) this.#first = { time: this.now(), done: progress.done };
    this.#last = progress;
    return !same;
  }

  /** Units a second; 0 where it is not known yet. */
  rate(): number {
    if (this.#last === undefined) return 0;
    const { rate, done } = this.#last;
    if (rate !== undefined) return rate;
    const seconds = (this.now() - this.#first!.time) / 1000;
    return seconds > LEAST_SECONDS ? (done - this.#first!.done) / seconds : 0;
  }

  /** Seconds until the work is done; nothing where that is not known. */
  left(): number | undefined {
    const rate = this.rate();
    if (this.#last === undefined || rate <= 0) return undefined;
    const { total, done } = this.#last;
    return total > done ? (total - done) / rate : undefined;
  }
}
