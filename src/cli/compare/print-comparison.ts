import type { ComparedMetric, ComparedRun, Comparison } from '../../comparison/compare/compare-runs.js';
import {
  CAUTION,
  contextText,
  differenceText,
  sourceText,
  withInterval,
} from '../../comparison/compare/comparison-text.js';
import type { Verdict } from '../../comparison/compare/verdict.js';
import { scalarOf } from '../../comparison/recorded-config.js';
import type { Json } from '../../support/json.js';
import { visible } from '../../support/visible.js';
import { textTable } from '../console/text-table.js';
import { duration } from '../console/console-format.js';
import type { Io } from '../io.js';
import { paint, type Paint } from '../paint.js';

/** Prints the comparison: runs, differing keys, differing environments, a block for each metric. */
export function printComparison(comparison: Comparison, io: Io): void {
  const colours = paint(io.stdout, io.env);
  const width = io.stdout.columns;
  const { runs, config, environment } = comparison;
  const rows = (all: readonly { readonly key: string; readonly values: readonly Json[] }[]) =>
    valueLines(all, runs, width, colours);
  const sections = [
    runLines(runs, colours),
    section('Config', config.length === 0 ? ['the same'] : rows(config), colours),
    section(
      'Environment',
      environment.length === 0 ? ['the same, as far as it is recorded'] : rows(environment.map(asRow)),
      colours,
    ),
    section(
      'Metrics',
      comparison.metrics.length === 0 ? ['none of the runs has any yet'] : metricLines(comparison, colours),
      colours,
    ),
    ...(comparison.metrics.some(hasInterval) ? [[colours.dim(CAUTION)]] : []),
  ];
  io.stdout.write(`${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`);
}

function section(title: string, lines: readonly string[], { bold }: Paint): string[] {
  return [bold(title), ...lines.map((line) => `  ${line}`)];
}

function runLines(runs: readonly ComparedRun[], { bold, dim }: Paint): string[] {
  const width = Math.max(...runs.map(({ entry }) => entry.name.length));
  return runs.map(({ label, entry }, i) => {
    const { name, status, started, seconds } = entry;
    const when = started === null ? '' : `${started.replace('T', ' ').slice(0, 16)} UTC`;
    const facts = [
      status,
      when,
      seconds === null ? '' : duration(seconds),
      i === 0 ? 'the others are compared with it' : '',
    ];
    return `${bold(label)}  ${visible(name).padEnd(width)}  ${dim(facts.filter((fact) => fact !== '').join('  '))}`;
  });
}

function asRow({ stages, key, values }: Comparison['environment'][number]) {
  return { key: `${key} (${stages.join(', ')})`, values };
}

function valueLines(
  rows: readonly { readonly key: string; readonly values: readonly Json[] }[],
  runs: readonly ComparedRun[],
  width: number | undefined,
  { dim }: Paint,
): string[] {
  const columns = runs.map(({ label }, i) => ({
    head: label,
    cells: rows.map(({ values }) => visible(String(scalarOf(values[i]) ?? '–'))),
    isNumeric: false,
    rank: i + 1,
  }));
  const keys = { head: '', cells: rows.map(({ key }) => visible(key)), isNumeric: false, rank: 0 };
  const { lines, hidden } = textTable([keys, ...columns], width === undefined ? undefined : width - 2);
  const [head, ...body] = lines;
  const note = hidden.length === 0 ? [] : [dim(`${hidden.join(', ')} do not fit: --html FILE and --json have all`)];
  return [dim(head!), ...body, ...note];
}

function hasInterval({ verdicts }: ComparedMetric): boolean {
  return verdicts.some((verdict) => verdict !== null && verdict.by !== null);
}

/** `psnr  dB, higher is better`, then a line for each direction and run. */
function metricLines({ metrics, runs }: Comparison, colours: Paint): string[] {
  const groups = new Map<string, ComparedMetric[]>();
  for (const metric of metrics) groups.set(metric.metric, [...(groups.get(metric.metric) ?? []), metric]);
  const values = metrics.flatMap((metric) =>
    metric.values.map((value) => (value === null ? '–' : withInterval(value))),
  );
  const width = Math.max(...values.map((value) => value.length));
  return [...groups].flatMap(([name, all]) => {
    const { better, unit } = all[0]!;
    const about = [unit ?? '', better === null ? '' : `${better} is better`].filter((part) => part !== '').join(', ');
    return [
      `${visible(name)}  ${colours.dim(visible(about))}`.trimEnd(),
      ...all.flatMap((metric) => linesOf(metric, runs, width, colours)),
    ];
  });
}

function linesOf(metric: ComparedMetric, runs: readonly ComparedRun[], width: number, colours: Paint): string[] {
  const { direction, values, verdicts } = metric;
  const where = [visible(sourceText(metric)), direction ?? ''].filter((part) => part !== '').join(', ');
  return runs.map(({ label }, i) => {
    const value = values[i] ?? null;
    const text = (value === null ? '–' : withInterval(value)).padEnd(width);
    const verdict = verdicts[i] ?? null;
    const said =
      verdict === null
        ? colours.dim(value === null ? '' : contextText(value))
        : verdictText(verdict, value?.value ?? 0, colours);
    return `  ${(i === 0 ? where : '').padEnd(where.length)}  ${label}  ${text}  ${said}`.trimEnd();
  });
}

function verdictText(verdict: Verdict, value: number, { green, red, yellow, dim }: Paint): string {
  const colour = {
    better: green,
    worse: red,
    'cannot be told apart': yellow,
    'no interval': dim,
    'not comparable': dim,
  };
  const difference = differenceText(verdict, value);
  const details = [difference, verdict.reason].filter((part) => part !== '').join(', ');
  return `${colour[verdict.verdict](verdict.verdict)}${dim(`: ${details}`)}`;
}
