import { Writable } from 'node:stream';

interface Row {
  text: string;
  /** Whether the terminal has folded a line here: the next row goes on with it. */
  folded: boolean;
}

/** As much of a terminal as the live block needs, with lines that are folded anew when its width changes, as most terminals do. */
export class Terminal extends Writable {
  readonly isTTY = true;
  rows = 24;
  cursorShown = true;
  /** How often something was written. */
  writes = 0;
  #lines: Row[] = [{ text: '', folded: false }];
  #row = 0;
  #column = 0;
  #wraps = true;

  constructor(public columns: number) {
    super();
  }

  /** What is seen, without spaces at the ends. */
  get shown(): string[] {
    const rows = this.#lines.map(({ text }) => text.trimEnd());
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  resize(columns: number, { folds = true } = {}): void {
    this.columns = columns;
    if (folds) this.#fold();
    this.emit('resize');
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes++;
    for (const [, order, sign] of chunk.toString().matchAll(/\u001b\[(\??\d*[A-Za-z])|([^])/gu)) {
      if (order === undefined) this.#put(sign!);
      else this.#obey(order);
    }
    done();
  }

  #put(sign: string): void {
    if (sign === '\r') this.#column = 0;
    // A terminal driver writes a carriage return before each line's end.
    else if (sign === '\n') this.#down(false);
    else {
      if (this.#column >= this.columns) {
        if (this.#wraps) this.#down(true);
        else this.#column = this.columns - 1;
      }
      const row = this.#lines[this.#row]!;
      const text = row.text.padEnd(this.#column);
      row.text = text.slice(0, this.#column) + sign + text.slice(this.#column + 1);
      this.#column++;
    }
  }

  #down(folded: boolean): void {
    this.#lines[this.#row]!.folded = folded;
    this.#row++;
    this.#column = 0;
    this.#lines[this.#row] ??= { text: '', folded: false };
  }

  #obey(order: string): void {
    const row = this.#lines[this.#row]!;
    if (order === 'K') row.text = row.text.slice(0, this.#column);
    else if (order === 'J') {
      row.text = row.text.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (order.endsWith('A')) this.#row = Math.max(0, this.#row - Number(order.slice(0, -1)));
    else if (order === '?25l') this.cursorShown = false;
    else if (order === '?25h') this.cursorShown = true;
    else if (order === '?7l') this.#wraps = false;
    else if (order === '?7h') this.#wraps = true;
    // Colours.
    else if (!order.endsWith('m')) throw new Error(`an order that this terminal does not know: ${order}`);
  }

  /** Joins what was folded, folds it anew, and keeps the cursor at the sign where it was. */
  #fold(): void {
    const rows: Row[] = [];
    let [line, cursor] = ['', -1];
    let at: [number, number] = [0, 0];
    for (const [index, { text, folded }] of this.#lines.entries()) {
      if (index === this.#row) cursor = line.length + this.#column;
      line += text;
      if (folded) continue;
      const first = rows.length;
      const parts = line.match(new RegExp(`.{1,${this.columns}}`, 'gu')) ?? [''];
      parts.forEach((part, i) => rows.push({ text: part, folded: i < parts.length - 1 }));
      if (cursor >= 0) at = [first + Math.floor(cursor / this.columns), cursor % this.columns];
      [line, cursor] = ['', -1];
    }
    this.#lines = rows;
    [this.#row, this.#column] = at;
  }
}
