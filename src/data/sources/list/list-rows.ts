import { extname } from 'node:path';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import type { Problem } from '../../../support/problem.js';
import { visible } from '../../../support/visible.js';
import { jsonRows } from './json-rows.js';
import { openQuote } from './open-quote.js';
import { lineAt, WHOLE_LIST, problemAt, type ListPlace } from './list-place.js';

/** A row of a list as written; missing values are empty. */
export interface ListRow {
  readonly place: ListPlace;
  readonly file: string;
  readonly split: string;
  readonly domain: string;
}

export interface ListRows {
  readonly rows: readonly ListRow[];
  readonly problems: readonly Problem[];
}

const KEYS = ['file', 'split', 'domain'] as const;

/**
 * Parses the text of a list. The extension decides: JSON (`.jsonl`, `.ndjson`, `.json`: an object per line, or an array of them),
 * tab-separated (`.tsv`), else CSV with a header, which shows the separator: commas, semicolons (Excel in much of Europe) or tabs.
 */
export function readRows(path: string, text: string): ListRows {
  const ending = extname(path).toLowerCase();
  if (text.trim() === '') return { rows: [], problems: [problemAt(path, lineAt(1), 'the list is empty.', EXAMPLE)] };
  if (text.includes('\0')) return { rows: [], problems: [problemAt(path, WHOLE_LIST, 'this is not a text.', AS_TEXT)] };
  return ['.jsonl', '.ndjson', '.json'].includes(ending)
    ? jsonRows(path, text)
    : csvRows(path, text, ending === '.tsv' ? '\t' : separatorOf(text));
}

const EXAMPLE = 'It needs a header and a line an image, such as: file,split and photos/1.jpg,trainA.';
const AS_TEXT = 'A list is CSV or JSON, in UTF-8: a spreadsheet program can save its table as such.';

/** The most frequent separator in the header, outside of quotes. */
function separatorOf(text: string): string {
  const header = text
    .trimStart()
    .split('\n', 1)[0]!
    .replace(/"[^"]*"/g, '');
  const often = (sign: string) => header.split(sign).length;
  return [',', ';', '\t'].reduce((best, sign) => (often(sign) > often(best) ? sign : best));
}

function csvRows(path: string, text: string, delimiter: string): ListRows {
  const parsed = csv(text, delimiter);
  if (parsed.records === undefined)
    return { rows: [], problems: [problemAt(path, lineAt(parsed.line), `${parsed.error}.`, parsed.cure)] };
  const [header, ...records] = parsed.records;
  const written = header!.record.map((column) => column.trim());
  const columns = written.map((column) => column.toLowerCase());
  const problem = columnProblem(columns);
  if (problem !== undefined) {
    const cure = `Found: ${written.map(visible).join(', ')}. ${EXAMPLE}`;
    return { rows: [], problems: [problemAt(path, lineAt(1), problem, cure)] };
  }
  const at = Object.fromEntries(KEYS.map((key) => [key, columns.indexOf(key)]));
  const rows = records.map(({ record, line }) => {
    const cell = (key: (typeof KEYS)[number]) => record[at[key]!] ?? '';
    return { place: lineAt(line), file: cell('file'), split: cell('split').trim(), domain: cell('domain').trim() };
  });
  return { rows, problems: [] };
}

function csv(text: string, delimiter: string) {
  try {
    const found = parse(text, { delimiter, bom: true, info: true, skip_empty_lines: true, relax_column_count: true });
    const infos = found as unknown as readonly { record: string[]; info: { lines: number } }[];
    // The parser reports the line of a record's end; a quoted text may span several lines.
    const lineOf = (record: readonly string[], end: number) => end - (record.join('').split('\n').length - 1);
    return { records: infos.map(({ record, info }) => ({ record, line: lineOf(record, info.lines) })) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as { readonly lines?: number };
    return { ...quoteProblem(text, delimiter, { error: error.message, line: lines ?? 1 }), records: undefined };
  }
}

interface CsvProblem {
  readonly error: string;
  readonly line: number;
  readonly cure?: string;
}

/** Reports the line where a quote opens, which may be far above the line where the parser failed. */
function quoteProblem(text: string, delimiter: string, otherwise: CsvProblem): CsvProblem {
  const quote = openQuote(text, delimiter);
  if (quote === undefined) return otherwise;
  const { line, closes } = quote;
  const where = closes === line ? 'in this line' : `in line ${closes}`;
  const end = closes === undefined ? 'is not closed' : `is closed ${where}, in the middle of a text`;
  const cure =
    'Close it where its text ends. A quote that belongs to the text is written twice, within quotes: "a ""b"" c".';
  return { error: `a quote (") opens here and ${end}`, line, cure };
}

function columnProblem(columns: readonly string[]): string | undefined {
  const twice = KEYS.find((key) => columns.indexOf(key) !== columns.lastIndexOf(key));
  if (twice !== undefined) return `the column "${twice}" is there twice.`;
  if (!columns.includes('file')) return 'there is no column "file".';
  return columns.includes('split') || columns.includes('domain')
    ? undefined
    : 'there is no column "split" or "domain".';
}
