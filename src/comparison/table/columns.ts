import { NO_PARAMS } from '../../pipeline/run-name.js';
import { differingKeys } from '../recorded-config.js';
import type { RunEntry } from '../run-entry.js';
import { configField, type Field, type Fields } from './field.js';

/** Sections that change no weight. */
const NOT_SHOWN = [...NO_PARAMS, 'engine', 'evaluate', 'export'];

/**
 * The columns of a table without `--columns`: name, status and start, the keys of conditions and the order, other config keys that differ between
 * the runs, metrics as means over both directions. In the order of the table; `rank` is their importance, the lowest first.
 */
export function usualColumns(
  runs: readonly RunEntry[],
  asked: readonly Field[],
  fields: Fields,
): { readonly field: Field; readonly rank: number }[] {
  const own = ['name', 'status', 'started'].map((name, rank) => ({
    field: must(fields, name),
    rank: [0, 5, 6][rank]!,
  }));
  const differing = shownKeys(runs).map((path, i) => ({ field: configField(path), rank: 3 + i / 100 }));
  const metrics = usualMetrics(fields).map((field, i) => ({ field, rank: i === 0 ? 2 : 4 + i / 100 }));
  const asks = asked.map((field) => ({ field, rank: 1 }));
  const isAsked = (field: Field) => asked.some(({ name }) => name === field.name);
  const others = [...differing, ...metrics].filter(({ field }) => !isAsked(field));
  const isOwn = ({ field }: { readonly field: Field }) => own.some((each) => each.field.name === field.name);
  const between = [...asks.filter((each) => !isOwn(each)), ...others];
  return [
    ...own,
    ...between.filter(({ field }) => field.kind !== 'metric'),
    ...between.filter(({ field }) => field.kind === 'metric'),
  ];
}

/** Means over directions, of the evaluation where there is one. */
function usualMetrics(fields: Fields): Field[] {
  const whole = fields.metrics().filter(({ isDirected }) => isDirected !== true);
  const evaluated = whole.filter(({ source }) => source === '');
  return evaluated.length > 0 ? evaluated : whole;
}

/** The config keys whose values differ between runs, loss weights first. */
function shownKeys(runs: readonly RunEntry[]): string[] {
  const differing = differingKeys(runs.map(({ config }) => config)).map(({ key }) => key);
  const shown = differing.filter((path) => !NOT_SHOWN.some((each) => path === each || path.startsWith(`${each}.`)));
  return [...shown.filter((path) => path.startsWith('loss.')), ...shown.filter((path) => !path.startsWith('loss.'))];
}

/** `lambda` of `loss.lambda`, where no other column ends so. */
export function headOf({ name, kind }: Field, all: readonly Field[]): string {
  const last = name.split('.').at(-1)!;
  const isUnique = all.filter((field) => field.name.split('.').at(-1) === last).length === 1;
  return kind === 'config' && isUnique && last !== 'type' ? last : name;
}

function must(fields: Fields, name: string): Field {
  const found = fields.find(name);
  if (!found.ok) throw new Error(`"${name}" is a field of every table.`);
  return found.value;
}
