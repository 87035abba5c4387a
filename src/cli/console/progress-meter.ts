import type { StagePhase, Progress } from '../../registry/kinds/stage-event.js';
import { formatBytes } from '../../support/bytes.js';
import { clock } from '../../support/clock.js';
import { WorkRate } from '../../pipeline/work-rate.js';
import { type Paint, plain } from '../paint.js';
import { amount, speed } from './amounts.js';
import { type Cell, flow, row } from './cells.js';
import { formatNumber } from '../../support/format-number.js';
import { duration } from './console-format.js';

const barWidth = 20;
const narrowestBar = 8;
const widestBar = 40;
const indent = '  ';

/** Formats the progress of a stage as lines. */
export class ProgressMeter {
  #last: Progress | undefined;
  #phase: { readonly text: string; readonly since: number } | undefined;
  readonly #rate: WorkRate;
  readonly #began: number;
  /** The largest width of each cell, so that the cells after it do not move. */
  readonly #widths = new Map<string, number>();

  constructor(
    private readonly stage: string,
    private readonly now: () => number = () => performance.now(),
    private readonly colours: Paint = plain,
  ) {
    this.#began = now();
    this.#rate = new WorkRate(now);
  }

  /** Until progress is reported, the phase is shown with its elapsed time. */
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
      // No bar if the total is unknown.
      last.total > 0 ? bar(last, barWidth) : '',
      amount(last),
      this.#speed(),
      this.#left(),
      ...valuesOf(last),
    ];
    return parts.filter((part) => part !== '').join('  ');
  }

  /**
   * The same for a terminal: stage and progress; speed, time left and memory; values.
   *
   * @param width in columns; the least important cells that do not fit are omitted
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

  /** The first line; the bar fills the remaining width. */
  #head(last: Progress, title: Cell, width: number): string {
    const [phase, how] = this.#steady([
      { key: 'phase', text: last.phase ?? '' },
      { key: 'amount', text: amount(last).padStart(atEnd(last)), right: true },
    ]) as [Cell, Cell];
    const taken = [title, phase, how].reduce((sum, { text }) => sum + (text === '' ? 0 : text.length + 2), 0);
    // A bar between brackets.
    const room = Math.min(widestBar, width - taken - 2);
    const drawn = last.total > 0 && room >= narrowestBar ? bar(last, room) : '';
    // The amount takes precedence over the phase, which may be a long file name.
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

  /** `building the graph`, and `0:13` after some time. */
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
  return Object.entries(values ?? {}).map(([name, value]) => `${name} ${formatNumber(value)}`);
}

/** The final width of the amount in columns. */
function atEnd({ unit, total }: Progress): number {
  return total > 0 ? amount({ unit, total, done: total }).length : 0;
}

function bar({ done, total }: Progress, width: number): string {
  const full = Math.round((width * Math.min(done, total)) / total);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
