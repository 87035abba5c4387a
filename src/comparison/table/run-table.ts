import { invalid, type Outcome, valid } from '../../support/outcome.js';
import type { Problem } from '../../support/problem.js';
import type { RunEntry } from '../run-entry.js';
import { usualColumns } from './columns.js';
import { readCondition } from './condition.js';
import { Fields, type Field } from './field.js';
import { readOrder } from './order.js';

export interface TableRequest {
  /** All of them must hold. */
  readonly where: readonly string[];
  readonly sort: string;
  /** Names of the columns. */
  readonly columns?: readonly string[];
  readonly limit?: number;
}

/** Runs as rows. */
export interface RunTable {
  /** In order of importance, the most important first, if they have not been asked for. */
  readonly columns: readonly { readonly field: Field; readonly rank: number }[];
  readonly rows: readonly RunEntry[];
  /** The runs that match, with those beyond the limit. */
  readonly matching: number;
  readonly fields: Fields;
}

/** Filters and sorts runs; of equals, the one that was started last comes first. @returns all problems of the request at once */
export function runTable(runs: readonly RunEntry[], { where, sort, columns, limit }: TableRequest): Outcome<RunTable> {
  const fields = new Fields(runs);
  const conditions = where.map((text) => readCondition(text, fields));
  const order = readOrder(sort, fields);
  const asked = columns?.map((name) => fields.find(name));
  const problems = [...conditions, order, ...(asked ?? [])].flatMap((each): readonly Problem[] =>
    each.ok ? [] : each.problems,
  );
  const [first, ...more] = problems;
  if (first !== undefined || !order.ok) return invalid(first!, ...more);
  const tests = conditions.flatMap((each) => (each.ok ? [each.value] : []));
  const matching = order.value.sort(latestFirst(runs).filter((run) => tests.every(({ holds }) => holds(run))));
  const rows = matching.slice(0, limit);
  const mentioned = [order.value.field, ...tests.map(({ field }) => field)];
  const chosen = asked?.flatMap((each) => (each.ok ? [each.value] : []));
  return valid({
    columns: chosen?.map((field, rank) => ({ field, rank })) ?? usualColumns(rows, mentioned, fields),
    ...{ rows, matching: matching.length, fields },
  });
}

/** By the times that runs record, as folders may have been copied; by name where these are equal. */
function latestFirst(runs: readonly RunEntry[]): RunEntry[] {
  const keyOf = ({ started, name }: RunEntry) => `${started ?? ''} ${name}`;
  return [...runs].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
}
