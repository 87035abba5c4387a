/** A column of text for a terminal. */
export interface TextColumn {
  readonly head: string;
  readonly cells: readonly string[];
  readonly isNumeric: boolean;
  /** Columns of a low rank are kept if not all fit. */
  readonly rank: number;
  /** The colour of a padded cell. */
  readonly paint?: (cell: string, row: number) => string;
}

export interface TextTable {
  /** The head, and a line for each row. */
  readonly lines: readonly string[];
  /** Heads of the columns that do not fit. */
  readonly hidden: readonly string[];
}

const GAP = '  ';
/** A longer cell is cut before a column is left out. */
const MOST_CHARACTERS = 32;

/** Columns side by side in a width: long texts are cut, then the columns of the highest ranks left out. @param width unlimited by default */
export function textTable(columns: readonly TextColumn[], width = Infinity): TextTable {
  const isWide = (all: readonly TextColumn[]) => widthOf(all) > width;
  const cut = isWide(columns) ? columns.map((column) => shortened(column, Math.min(MOST_CHARACTERS, width))) : columns;
  const kept: TextColumn[] = [];
  for (const column of [...cut].sort((a, b) => a.rank - b.rank)) if (!isWide([...kept, column])) kept.push(column);
  const shown = cut.filter((column) => kept.includes(column));
  const rows = Math.max(0, ...columns.map(({ cells }) => cells.length));
  const head = shown.map((column) => padded(column.head, column)).join(GAP);
  const lines = Array.from({ length: rows }, (_, row) =>
    shown.map((column) => (column.paint ?? plain)(padded(column.cells[row]!, column), row)).join(GAP),
  );
  return {
    lines: [head, ...lines].map((line) => line.trimEnd()),
    hidden: cut.filter((column) => !kept.includes(column)).map(({ head }) => head),
  };
}

function widthOf(columns: readonly TextColumn[]): number {
  return columns.reduce((sum, column) => sum + widest(column), GAP.length * (columns.length - 1));
}

function widest({ head, cells }: TextColumn): number {
  return Math.max(head.length, ...cells.map((cell) => cell.length));
}

function padded(text: string, column: TextColumn): string {
  return column.isNumeric ? text.padStart(widest(column)) : text.padEnd(widest(column));
}

function shortened(column: TextColumn, most: number): TextColumn {
  const cut = (text: string) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text);
  return { ...column, head: cut(column.head), cells: column.cells.map(cut) };
}

function plain(text: string): string {
  return text;
}
