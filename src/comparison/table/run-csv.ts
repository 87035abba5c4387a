import { csvText } from '../../support/csv.js';
import type { Scalar } from '../../support/json.js';
import { leavesOf, scalarOf } from '../recorded-config.js';
import { configField, OWN, type Field } from './field.js';
import type { RunTable } from './run-table.js';

/** The runs as CSV, with the ends of intervals. @param isChosen whether the user chose the columns; else all facts, config keys and metrics */
export function runCsv({ rows, columns, fields }: RunTable, isChosen: boolean): string {
  const shown = isChosen ? columns.map(({ field }) => field) : allFields({ rows, fields });
  const parts = shown.flatMap(partsOf);
  const withValues = parts.filter(
    ({ isOptional, valueOf }) => !isOptional || rows.some((run) => valueOf(run) !== undefined),
  );
  return csvText([
    withValues.map(({ name }) => name),
    ...rows.map((run) => withValues.map(({ valueOf }) => valueOf(run))),
  ]);
}

interface Part {
  readonly name: string;
  /** Left out if no run has it. */
  readonly isOptional: boolean;
  readonly valueOf: (run: RunTable['rows'][number]) => Scalar | undefined;
}

function partsOf(field: Field): Part[] {
  const { name, kind, valueOf } = field;
  const whole: Part = { name, isOptional: false, valueOf: (run) => scalarOf(valueOf(run)) };
  if (kind !== 'metric') return [whole];
  const ends = (['low', 'high'] as const).map((end, i): Part => ({
    name: `${name} ${end}`,
    isOptional: true,
    valueOf: (run) => run.metrics.get(name)?.interval?.[i],
  }));
  return [whole, ...ends];
}

function allFields({ rows, fields }: Pick<RunTable, 'rows' | 'fields'>): Field[] {
  const own = OWN.flatMap((name) => {
    const found = fields.find(name);
    return found.ok ? [found.value] : [];
  });
  const paths = new Set(rows.flatMap(({ config }) => (config === null ? [] : leavesOf(config).map(([path]) => path))));
  return [...own, ...[...paths].filter((path) => path !== 'name').map(configField), ...fields.metrics()];
}
