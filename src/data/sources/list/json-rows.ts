import { isJsonObject, type Json } from '../../../support/json.js';
import type { Problem } from '../../../support/problem.js';
import { entryAt, lineAt, WHOLE_LIST, problemAt, type ListPlace } from './list-place.js';
import type { ListRow, ListRows } from './list-rows.js';

/** Parses a list of objects: one array, or one object per line. */
export function jsonRows(path: string, text: string): ListRows {
  const content = text.replace(/^\ufeff/, '');
  const whole = parsed(content);
  if (Array.isArray(whole)) {
    const entries = whole.map((value: Json, i) => [entryAt(i), value] as const);
    return rowsOf(path, entries, `An entry ${EXAMPLE}`);
  }
  const problem = whole === undefined ? brokenArray(content) : oneValue(content);
  if (problem !== undefined)
    return { rows: [], problems: [problemAt(path, WHOLE_LIST, problem, `An entry ${EXAMPLE}`)] };
  const lines = content.split('\n').map((line, i) => [lineAt(i + 1), line] as const);
  const used = lines.filter(([, line]) => line.trim() !== '');
  const values = used.map(([place, line]) => [place, parsed(line)] as const);
  return rowsOf(path, values, `A line ${EXAMPLE}`);
}

/** A broken array is reported once instead of at every line. */
function brokenArray(content: string): string | undefined {
  return content.trimStart().startsWith('[') ? 'it starts like an array but is not valid JSON.' : undefined;
}

/** For example an object over several lines, with the list somewhere in it. */
function oneValue(content: string): string | undefined {
  return content.trim().includes('\n') ? 'it is neither an array nor an object per line.' : undefined;
}

const EXAMPLE = 'is an object, such as {"file": "photos/1.jpg", "split": "trainA"}.';

function rowsOf(path: string, values: readonly (readonly [ListPlace, Json | undefined])[], cure: string): ListRows {
  const rows: ListRow[] = [];
  const problems: Problem[] = [];
  for (const [place, value] of values) {
    const read = rowOf(value, place);
    if (typeof read === 'string') problems.push(problemAt(path, place, read, cure));
    else rows.push(read);
  }
  return { rows, problems };
}

function rowOf(value: Json | undefined, place: ListPlace): ListRow | string {
  if (value === undefined) return 'this is not valid JSON.';
  if (!isJsonObject(value)) return 'this is not an object.';
  const { file, split = null, domain = null } = value;
  if (typeof file !== 'string') return '"file" is missing or not a text.';
  if ([split, domain].some((value) => value !== null && typeof value !== 'string'))
    return '"split" and "domain" must be texts.';
  return { place, file, split: (split as string | null) ?? '', domain: (domain as string | null) ?? '' };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
