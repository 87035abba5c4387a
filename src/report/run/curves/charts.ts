import { parseMetricName, VALIDATION } from '../../../registry/metric-name.js';
import type { ReportCurve, RunReport } from '../run-report.js';

/** Curves in one coordinate system. */
export interface Chart {
  readonly title: string;
  readonly group: 'Losses' | 'Validation' | 'Training';
  readonly curves: readonly ReportCurve[];
}

/** The charts of a run: the method's charts of losses, each metric of the validation with both directions, then all else by name. */
export function chartsOf({ curves, lossCharts }: Pick<RunReport, 'curves' | 'lossCharts'>): Chart[] {
  const drawn = curves.filter(({ name, steps }) => steps.length > 1 && !name.startsWith('evaluate/'));
  const byName = new Map(drawn.map((curve) => [curve.name, curve]));
  const losses = lossCharts.map(({ title, names }) => ({
    title,
    group: 'Losses' as const,
    curves: names.flatMap((name) => byName.get(name) ?? []),
  }));
  const placed = new Set(losses.flatMap((chart) => chart.curves.map(({ name }) => name)));
  const groups = new Map<string, ReportCurve[]>();
  for (const curve of drawn) {
    if (placed.has(curve.name)) continue;
    const key = keyOf(curve.name);
    groups.set(key, [...(groups.get(key) ?? []), curve]);
  }
  const others = [...groups].map(([title, all]): Chart => ({ title, group: groupOf(title), curves: all }));
  return [...losses.filter((chart) => chart.curves.length > 0), ...others].sort(
    (a, b) => GROUPS.indexOf(a.group) - GROUPS.indexOf(b.group),
  );
}

const GROUPS = ['Validation', 'Losses', 'Training'] as const;

/** The chart of a curve without a place in one of the method. */
function keyOf(name: string): string {
  const { source, name: metric } = parseMetricName(name);
  if (source === VALIDATION) return `validation: ${metric}`;
  if (/^memory\/.*rss-mb$/.test(name)) return 'memory (MB)';
  if (name.startsWith('loss/')) return name.split('/').slice(0, 2).join('/');
  return name;
}

function groupOf(title: string): Chart['group'] {
  if (title.startsWith('validation:')) return 'Validation';
  return title.startsWith('loss/') ? 'Losses' : 'Training';
}

/** The part of a curve's name that distinguishes it from the others of its chart. */
export function shortNames(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('/'));
  const [first = []] = parts;
  let start = 0;
  while (parts.every((each) => start < each.length - 1 && each[start] === first[start])) start++;
  let end = 0;
  while (
    parts.length > 1 &&
    parts.every((each) => each.length - end - 1 > start && each.at(-1 - end) === first.at(-1 - end))
  )
    end++;
  return parts.map((each) => each.slice(start, each.length - end).join('/'));
}
