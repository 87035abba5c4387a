import { compareValues } from '../../sweep/ranking-order.js';
import type { Json } from '../../support/json.js';
import { invalid, type Outcome, valid } from '../../support/outcome.js';
import type { Problem } from '../../support/problem.js';
import { scalarOf } from '../recorded-config.js';
import type { RunEntry } from '../run-entry.js';
import type { Field, Fields } from './field.js';

/** The order of the rows. */
export interface Order {
  readonly field: Field;
  readonly sort: (runs: readonly RunEntry[]) => RunEntry[];
}

/** Reads `--sort`: a metric sorts the best first, everything else ascends; a minus before it reverses. */
export function readOrder(text: string, fields: Fields): Outcome<Order> {
  // A name may begin with a minus, but no key or metric here does.
  const isReversed = text.startsWith('-');
  const found = fields.find(isReversed ? text.slice(1) : text);
  if (!found.ok) return found;
  const field = found.value;
  if (field.diagnostic === true) return invalid(noOrder(field));
  return valid({ field, sort: (runs) => sorted(runs, field, isReversed) });
}

function noOrder({ name }: Field): Problem {
  return {
    code: 'diagnostic-metric',
    message: `--sort: "${name}" only finds faults: no value of it is the best.`,
    cure: `List the runs with a fault by a condition, such as --where '${name}<0.3'.`,
  };
}

/** Runs without the value, or with NaN, come last in both directions; of equals, the order stays. */
function sorted(runs: readonly RunEntry[], field: Field, isReversed: boolean): RunEntry[] {
  const rows = runs.map((run) => ({ run, value: field.valueOf(run) }));
  const has = rows.filter(({ value }) => isSortable(value));
  const lacks = rows.filter(({ value }) => !isSortable(value));
  has.sort((a, b) => compared(a.value!, b.value!, field.better) * (isReversed ? -1 : 1));
  return [...has, ...lacks].map(({ run }) => run);
}

function isSortable(value: Json | undefined): value is Json {
  return typeof value === 'number' ? Number.isFinite(value) : value !== undefined && value !== null;
}

/** Numbers come before texts. */
function compared(a: Json, b: Json, better: Field['better']): number {
  if (typeof a === 'number' && typeof b === 'number') return better === undefined ? a - b : compareValues(a, b, better);
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' ? -1 : 1;
  const [one, other] = [String(scalarOf(a)), String(scalarOf(b))];
  return one < other ? -1 : Number(one > other);
}
