import { headOf } from '../../comparison/table/columns.js';
import type { Field } from '../../comparison/table/field.js';
import type { RunTable } from '../../comparison/table/run-table.js';
import { scalarOf } from '../../comparison/recorded-config.js';
import type { RunEntry, RunState } from '../../comparison/run-entry.js';
import type { Json } from '../../support/json.js';
import { visible } from '../../support/visible.js';
import { formatNumber } from '../../support/format-number.js';
import { duration } from '../console/console-format.js';
import type { TextColumn } from '../console/text-table.js';
import type { Paint } from '../paint.js';

/** The columns of a table of runs as text. */
export function runColumns({ columns, rows }: RunTable, colours: Paint): TextColumn[] {
  const fields = columns.map(({ field }) => field);
  return columns.map(({ field, rank }) => {
    const values = rows.map((run) => field.valueOf(run));
    return {
      head: visible(headOf(field, fields)),
      cells: values.map((value) => visible(textOf(field, value))),
      isNumeric: values.every((value) => value === undefined || typeof value === 'number'),
      rank,
      ...(field.name === 'status' && { paint: (cell, row) => colourOf(rows[row]!, colours)(cell) }),
      ...(field.name === 'name' && { paint: colours.bold }),
    };
  });
}

function textOf({ name, kind }: Field, value: Json | undefined): string {
  if (value === undefined || value === null) return '–';
  const isTime = kind === 'run' && (name === 'started' || name === 'finished');
  if (isTime && typeof value === 'string') return value.replace('T', ' ').slice(0, 16);
  if (kind === 'run' && name === 'seconds') return duration(value as number);
  if (kind === 'metric' && typeof value === 'number') return formatNumber(value);
  return String(scalarOf(value));
}

const COLOURS: Readonly<Record<RunState, keyof Paint>> = {
  done: 'green',
  running: 'yellow',
  unfinished: 'yellow',
  failed: 'red',
  damaged: 'red',
  new: 'dim',
};

function colourOf({ status }: RunEntry, colours: Paint): (text: string) => string {
  return colours[COLOURS[status]];
}
