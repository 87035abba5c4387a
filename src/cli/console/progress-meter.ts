import type { Progress } from '../../registry/kinds/stage-event.js';
import { amount, speed } from './amounts.js';
import { duration, short } from './format.js';

const barWidth = 20;

/** Turns the progress that a stage tells into one line: `train  epoch 3/40  [####----]  1200/42680 steps  4.1 steps/s  ETA 2 h 48 min  G 2.3`. */
export class ProgressMeter {
  #last: Progress | undefined;
  #first: { readonly time: number; readonly done: number } | undefined;

  constructor(
    private readonly stage: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  update(progress: Progress): void {
    // Another unit, another file or a new beginning is other work, whose speed says nothing of this one's.
    const last = this.#last;
    const same = last?.unit === progress.unit && progress.done >= last.done && progress.total === last.total;
    if (!same) this.#first = { time: this.now(), done: progress.done };
    this.#last = progress;
  }

  /** @param width columns that there are; what does not fit is left out, the least important first */
  line(width: number): string {
    if (this.#last === undefined) return this.stage;
    const { phase, done, total, unit, values } = this.#last;
    const rate = this.#rate();
    const left = rate > 0 && total > done ? `ETA ${duration((total - done) / rate)}` : '';
    const parts = [
      this.stage,
      phase ?? '',
      // Nobody knows how much it is: a bar would promise something.
      total > 0 ? bar(done, total) : '',
      amount({ unit, done, total }),
      rate > 0 ? speed(unit, rate) : '',
      left,
      ...Object.entries(values ?? {}).map(([name, value]) => `${name} ${short(value)}`),
    ].filter((part) => part !== '');
    let line = parts.shift()!;
    for (const part of parts) {
      if (line.length + 2 + part.length > width) break;
      line += `  ${part}`;
    }
    return line.slice(0, width);
  }

  /** What the stage says, else the mean since the work began. */
  #rate(): number {
    const { rate, done } = this.#last!;
    if (rate !== undefined) return rate;
    const seconds = (this.now() - this.#first!.time) / 1000;
    return seconds > 0.5 ? (done - this.#first!.done) / seconds : 0;
  }
}

function bar(done: number, total: number): string {
  const full = Math.round((barWidth * Math.min(done, total)) / total);
  return `[${'#'.repeat(full)}${'-'.repeat(barWidth - full)}]`;
}
