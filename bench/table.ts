import { ratioName, type Report, type Row } from './report.js';

/** A report as text: a line per row, then what was not measured and why. */
export function table({ machine, rows, ratios }: Report): string {
  const head = [
    'case',
    'what',
    'precision',
    'who',
    'seconds',
    'low - high',
    'launches',
    'peak MB',
    'GPU MB',
    'startup s',
    'time / ours',
    'low - high',
    'our memory /',
  ];
  const lines = rows.filter((row) => row.notMeasured === undefined).map((row) => line(row, ratios[ratioName(row)]));
  const missing = rows.flatMap(({ notMeasured, ...row }) =>
    notMeasured === undefined
      ? []
      : [`not measured: ${row.case} ${row.what} ${row.precision}, ${row.who}: ${notMeasured}`],
  );
  const { cpu, cores, memoryGb } = machine;
  return [
    `${String(cpu)}, ${String(cores)} cores, ${String(memoryGb)} GB`,
    '',
    ...aligned([head, ...lines]),
    ...missing,
  ].join('\n');
}

function line(row: Row, ratio: Report['ratios'][string] | undefined): string[] {
  const { case: name, what, precision, who, seconds, range, launches, peakMb, gpuMb, startupSeconds } = row;
  return [
    name,
    what,
    precision,
    who,
    digits(seconds),
    range === null ? '' : `${digits(range[0])} - ${digits(range[1])}`,
    whole(launches),
    whole(peakMb),
    whole(gpuMb),
    startupSeconds === null ? '' : startupSeconds.toFixed(1),
    ratio === undefined ? '' : ratio.speed.toFixed(2),
    ratio === undefined ? '' : `${ratio.range[0].toFixed(2)} - ${ratio.range[1].toFixed(2)}`,
    ratio?.memory == null ? '' : ratio.memory.toFixed(2),
  ];
}

const whole = (count: number | null) => (count === null ? '' : String(count));
const digits = (seconds: number | null) => (seconds === null ? '' : seconds.toPrecision(3));

/** Columns as wide as their widest cell, with numbers flush right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 4 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}
