type Terminal = NodeJS.WritableStream & { readonly columns?: number };

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const eraseLine = '\r\u001b[2K';
const interval = 100;

/**
 * One line at the bottom of a terminal that is written over and over. Its width is asked for each time, so a resized window is no
 * trouble; the cursor comes back whatever ends the program, short of a kill.
 */
export class LiveLine {
  #shown = 0;
  #visible = false;
  #closed = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = () => performance.now(),
  ) {
    process.once('exit', this.close);
  }

  /** Shows a line, ten times a second at most. @param line given the columns that there are */
  show(line: (width: number) => string): void {
    const now = this.now();
    if (this.#closed || (this.#visible && now - this.#shown < interval)) return;
    this.#shown = now;
    const width = Math.max(10, (this.terminal.columns ?? 80) - 1);
    this.terminal.write(`${this.#visible ? '' : hideCursor}${eraseLine}${line(width)}`);
    this.#visible = true;
  }

  /** Takes the line away, for something that stays to be written. */
  clear(): void {
    if (this.#visible) this.terminal.write(`${eraseLine}${showCursor}`);
    this.#visible = false;
  }

  readonly close = (): void => {
    this.clear();
    this.#closed = true;
    process.off('exit', this.close);
  };
}
