/** A piece of a line on a terminal. */
export interface Cell {
  /** Identifies the cell while its text changes. */
  readonly key: string;
  /** Without colours, so that its length is its width in columns. */
  readonly text: string;
  /** Its colour. */
  readonly paint?: (text: string) => string;
  /** Whether it is right-aligned. */
  readonly right?: boolean;
}

const gap = '  ';
/** Of rows that are numbers only. */
const mostRows = 4;

/** The first cells that fit in a line; the first is cut if necessary. */
export function row(cells: readonly Cell[], width: number): string {
  const [first, ...rest] = cells.filter(({ text }) => text !== '');
  if (first === undefined) return '';
  let taken = Math.min(width, first.text.length);
  let line = painted(first, first.text.slice(0, width));
  for (const cell of rest) {
    const needed = gap.length + cell.text.trimEnd().length;
    if (taken + needed > width) break;
    taken += gap.length + cell.text.length;
    line += `${gap}${painted(cell, cell.text)}`;
  }
  return line.trimEnd();
}

/** Cells in columns, over a limited number of lines. */
export function flow(cells: readonly Cell[], width: number): string[] {
  if (cells.length === 0) return [];
  const column = Math.max(...cells.map(({ text }) => text.length));
  const perLine = Math.max(1, Math.floor((width + gap.length) / (column + gap.length)));
  const lines: string[] = [];
  for (let start = 0; start < cells.length && lines.length < mostRows; start += perLine) {
    const line = cells.slice(start, start + perLine).map((cell) => ({ ...cell, text: cell.text.padEnd(column) }));
    lines.push(row(line, width));
  }
  return lines;
}

function painted({ paint }: Cell, text: string): string {
  return paint === undefined ? text : paint(text);
}
