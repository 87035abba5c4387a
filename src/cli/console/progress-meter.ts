import type { StagePhase, Progress } from '../../registry/kinds/stage-event.js';
import { formatBytes } from '../../support/bytes.js';
import { clock } from '../../support/clock.js';
import { WorkRate } from '../../pipeline/work-rate.js';
import { type Paint, plain } from '../paint.js';
import { amount, speed } from './amounts.js';
import { type Cell, flow, row } from './cells.js';
import { duration, short } from './console-format.js';

const barWidth = 20;
const narrowestBar = 8;
const widestBar = 40;
const indent = '  ';

/** Turns the progress that a stage tells into lines. */
export class ProgressMeter {
  #last: Progress | undefined;
  #phase: { readonly text: string; readonly since: number } | undefined;
  readonly #rate: WorkRate;
  readonly #began: number;
  /** Columns that each cell has taken up at most, so that what stands after it does not jump about. */
  readonly #widths = new Map<string, number>();

  constructor(
    private readonly stage: string,
    private readonly now: () => number = () => performance.now(),
    private readonly colours: Paint = plain,
  ) {
    this.#began = now();
    this.#rate = new WorkRate(now);
  }

  /** There is nothing to count until progress is reported: what is done is shown with the time that it has taken. */
  begin({ text }: StagePhase): void {
    this.#phase = { text, since: this.now() };
    this.#last = undefined;
    this.#widths.clear();
  }

  get isInPhase(): boolean {
    return this.#phase !== undefined;
  }

  update(progress: Progress): void {
    this.#phase = undefined;
    if (this.#rate.update(progress)) this.#widths.clear();
    this.#last = progress;
  }

  /** All in one: `train  epoch 3/40  [####----]  1200/42680 steps  4.1 steps/s  ETA 2 h 48 min  G 2.3`. */
  line(): string {
    const last = this.#last;
    if (last === undefined) return [this.stage, ...this.#phaseTexts()].join('  ');
    const parts = [
      this.stage,
      last.phase ?? '',
      // Nobody knows how much it is: a bar would promise something.
      last.total > 0 ? bar(last, barWidth) : '',
      amount(last),
      this.#speed(),
      this.#left(),
      ...valuesOf(last),
    ];
    return parts.filter((part) => part !== '').join('  ');
  }

  /**
   * The same for a terminal: what is worked on and how far it is; how fast, how long yet, and with how much memory; the numbers.
   *
   * @param width columns that there are; of what does not fit, the least important is left out
   */
  lines(width: number): string[] {
    const elapsed = { key: 'elapsed', text: clock((this.now() - this.#began) / 1000), paint: this.colours.dim };
    const title = { key: 'stage', text: this.stage, paint: this.colours.bold };
    const last = this.#last;
    if (last === undefined) {
      const phase = this.#phaseTexts().map((text) => ({ key: 'phase', text }));
      return [row([title, ...(phase.length > 0 ? phase : [elapsed])], width)];
    }
    const pace: Cell[] = [
      { key: 'speed', text: this.#speed() },
      { key: 'left', text: this.#left() },
      { key: 'memory', text: last.memory === undefined ? '' : formatBytes(last.memory) },
      elapsed,
    ];
    const values = valuesOf(last).map((text, index) => ({ key: `value ${index}`, text }));
    const inner = width - indent.length;
    const below = [row(this.#steady(pace), inner), ...flow(this.#steady(values), inner)];
    return [this.#head(last, title, width), ...below.filter((line) => line !== '').map((line) => `${indent}${line}`)];
  }

  /** Its bar takes up what is left. */
  #head(last: Progress, title: Cell, width: number): string {
    const [phase, how] = this.#steady([
      { key: 'phase', text: last.phase ?? '' },
      { key: 'amount', text: amount(last).padStart(atEnd(last)), right: true },
    ]) as [Cell, Cell];
    const taken = [title, phase, how].reduce((sum, { text }) => sum + (text === '' ? 0 : text.length + 2), 0);
    // A bar between brackets.
    const room = Math.min(widestBar, width - taken - 2);
    const drawn = last.total > 0 && room >= narrowestBar ? bar(last, room) : '';
    // The amount matters more than the phase, which may be a file's long name.
    const cells = row([title, phase, { key: 'bar', text: drawn, paint: this.colours.cyan }, how], width);
    return cells.includes(how.text) ? cells : row([title, how, phase], width);
  }

  #steady(cells: readonly Cell[]): Cell[] {
    return cells.map((cell) => {
      const widest = Math.max(this.#widths.get(cell.key) ?? 0, cell.text.length);
      this.#widths.set(cell.key, widest);
      return { ...cell, text: cell.right === true ? cell.text.padStart(widest) : cell.text.padEnd(widest) };
    });
  }

  /** `building the graph`, and `0:13` once that says something. */
  #phaseTexts(): string[] {
    if (this.#phase === undefined) return [];
    const seconds = (this.now() - this.#phase.since) / 1000;
    return [this.#phase.text, ...(seconds < 1 ? [] : [clock(seconds)])];
  }

  #speed(): string {
    const rate = this.#rate.rate();
    return rate > 0 ? speed(this.#last!.unit, rate) : '';
  }

  #left(): string {
    const left = this.#rate.left();
    return left === undefined ? '' : `ETA ${duration(left)}`;
  }
}

function valuesOf({ values }: Progress): string[] {
  return Object.entries(values ?? {}).map(([name, value]) => `${name} ${short(value)}`);
}

/** Columns that the amount will take up. */
function atEnd({ unit, total }: Progress): number {
  return total > 0 ? amount({ unit, total, done: total }).length : 0;
}

function bar({ done, total }: Progress, width: number): string {
  const full = Math.round((width * Math.min(done, total)) / total);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
