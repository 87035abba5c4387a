import { isJsonObject, type Json } from '../../../support/json.js';
import type { Problem } from '../../../support/problem.js';
import { entryAt, lineAt, WHOLE_LIST, problemAt, type ListPlace } from './list-place.js';
import type { ListRow, ListRows } from './list-rows.js';

/** Reads a list of objects: one array, or one a line. */
export function jsonRows(path: string, text: string): ListRows {
  const content = text.replace(/^\ufeff/, '');
  const whole = parsed(content);
  if (Array.isArray(whole)) {
    const entries = whole.map((value: Json, i) => [entryAt(i), value] as const);
    return rowsOf(path, entries, `An entry ${EXAMPLE}`);
  }
  const complaint = whole === undefined ? brokenArray(content) : oneValue(content);
  if (complaint !== undefined)
    return { rows: [], problems: [problemAt(path, WHOLE_LIST, complaint, `An entry ${EXAMPLE}`)] };
  const lines = content.split('\n').map((line, i) => [lineAt(i + 1), line] as const);
  const used = lines.filter(([, line]) => line.trim() !== '');
  const values = used.map(([place, line]) => [place, parsed(line)] as const);
  return rowsOf(path, values, `A line ${EXAMPLE}`);
}

/** Told once instead of at every line. */
function brokenArray(content: string): string | undefined {
  return content.trimStart().startsWith('[') ? 'it begins as an array and is no JSON.' : undefined;
}

/** An object over several lines, say, with the list somewhere in it. */
function oneValue(content: string): string | undefined {
  return content.trim().includes('\n') ? 'it is neither an array nor an object a line.' : undefined;
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
  if (value === undefined) return 'this is no JSON.';
  if (!isJsonObject(value)) return 'this is no object.';
  const { file, split = null, domain = null } = value;
  if (typeof file !== 'string') return 'there is no "file", a text.';
  if ([split, domain].some((word) => word !== null && typeof word !== 'string'))
    return '"split" and "domain" are texts.';
  return { place, file, split: (split as string | null) ?? '', domain: (domain as string | null) ?? '' };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
