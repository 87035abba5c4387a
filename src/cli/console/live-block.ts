import { ignoredSignals } from '../../support/ignored-signals.js';
import type { Io } from '../io.js';

type Terminal = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };

/** Renders the lines of a block for a width in columns. */
export type Draw = (width: number) => readonly string[];

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
/** Disables line wrap, so that long lines and wide characters cannot break the block. */
const cutLines = '\u001b[?7l';
const wrapLines = '\u001b[?7h';
const eraseRestOfLine = '\u001b[K';
const eraseBelow = '\r\u001b[J';
const interval = 100;
/** Signals that end or suspend the program; the terminal is restored before. */
const LEAVING = ['SIGTSTP', 'SIGQUIT'] as const;

/** Creates a block if the terminal can overwrite lines. */
export function liveBlock({ stdout, env }: Pick<Io, 'stdout' | 'env'>): LiveBlock | undefined {
  return stdout.isTTY === true && env['TERM'] !== 'dumb' ? new LiveBlock(stdout) : undefined;
}

/**
 * A few lines at the bottom of a terminal that are redrawn in place. Between drawings the hidden cursor is at the start of the block: if a
 * narrower terminal folds the lines, the next drawing still starts there, and erases everything below. Each drawing is a single write, to
 * avoid flicker. The terminal is restored however the program ends, except by SIGKILL.
 */
export class LiveBlock {
  #drawn = -Infinity;
  #draw: Draw | undefined;
  #visible = false;
  #closed = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = () => performance.now(),
  ) {
    process.once('exit', this.close);
    process.on('SIGCONT', this.#redraw);
    const ignored = ignoredSignals();
    for (const signal of LEAVING.filter((name) => !ignored.has(name))) process.on(signal, this.#leave);
    terminal.on('resize', this.#redraw);
  }

  /** Shows lines, at most ten times a second. */
  show(draw: Draw): void {
    if (this.#closed) return;
    this.#draw = draw;
    const now = this.now();
    if (this.#visible && now - this.#drawn < interval) return;
    this.#drawn = now;
    this.#paint('');
  }

  /** Writes a permanent line above the block. */
  say(line: string): void {
    if (this.#visible) this.#paint(`${line}\n`);
    else this.terminal.write(`${line}\n`);
  }

  /** Hides the block until it is shown again, so that other output can be written. */
  clear(): void {
    if (this.#visible) this.terminal.write(`${eraseBelow}${showCursor}`);
    this.#visible = false;
    this.#draw = undefined;
  }

  readonly close = (): void => {
    this.clear();
    this.#closed = true;
    process.off('exit', this.close);
    process.off('SIGCONT', this.#redraw);
    for (const signal of LEAVING) process.off(signal, this.#leave);
    this.terminal.off('resize', this.#redraw);
  };

  /** @param before permanent lines */
  #paint(before: string): void {
    const lines = this.#lines();
    const block = lines.map((line) => `${line}${eraseRestOfLine}`).join('\r\n');
    const back = lines.length > 1 ? `\u001b[${lines.length - 1}A` : '';
    const start = before === '' ? '\r' : `${eraseBelow}${before}`;
    this.terminal.write(`${hideCursor}${start}${cutLines}${block}\u001b[J${wrapLines}\r${back}`);
    this.#visible = true;
  }

  /** The lines that fit, with one to spare, because a block that scrolls cannot be erased. */
  #lines(): readonly string[] {
    const { columns = 80, rows = 24 } = this.terminal;
    return this.#draw!(Math.max(10, columns - 1)).slice(0, Math.max(1, rows - 1));
  }

  readonly #redraw = (): void => {
    if (this.#visible) this.#paint('');
  };

  readonly #leave = (signal: NodeJS.Signals): void => {
    if (this.#visible) this.terminal.write(`${eraseBelow}${showCursor}`);
    process.off(signal, this.#leave);
    process.once('SIGCONT', () => void (this.#closed || process.on(signal, this.#leave)));
    process.kill(process.pid, signal);
  };
}
