import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { MEMBERS } from '../../config/core-sections.js';
import { formatNumber } from '../../support/format-number.js';
import { counted } from '../../support/plain-text.js';
import type { Problem } from '../../support/problem.js';
import { readTrialConfig } from '../../sweep/frozen.js';
import { isRanked } from '../../sweep/ranking-order.js';
import { collect } from '../../sweep/summary/collect-sweep.js';
import type { SweepSummary, TrialSummary } from '../../sweep/summary/sweep-summary.js';
import { optimizedNote } from '../../sweep/summary/summary-text.js';
import type { ExitCode, Io } from '../io.js';
import { printJson } from '../json-option.js';
import { printProblems } from '../print-problems.js';
import { findSorted } from './find-sorted.js';

/** `runner sweep best`: the config of the best trial, as YAML for `runner run`. */
export async function bestTrial(
  name: string | undefined,
  options: { runs: string; metric?: string; json?: boolean },
  io: Io,
): Promise<ExitCode> {
  const runsRoot = resolve(io.cwd, options.runs);
  const found = await findSorted(name, options, io);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const summary = await collect(found.value.dir, found.value.sweep, runsRoot);
  const [best] = summary.ranking;
  if (best === undefined || !isRanked(best.value)) {
    printProblems([noBest(summary)], io);
    return 1;
  }
  if (options.json === true) printJson(asJson(best, summary), io);
  else io.stdout.write(await asYaml(best, summary));
  return 0;
}

function noBest({ name, metric, metrics, trials }: SweepSummary): Problem {
  const others = metrics.length === 0 ? '' : ` There are: ${metrics.join(', ')}.`;
  const measured = trials.filter(({ value }) => value !== null).length;
  const message =
    measured === 0
      ? `No trial of ${name} has the metric ${metric.name} yet.${others}`
      : `No trial of ${name} has a finite ${metric.name}: ${measured} of ${trials.length} measured NaN or infinity.`;
  return { code: 'no-result', message };
}

function asJson({ id: trial, run, runDir: dir, params, value, metrics }: TrialSummary, { name, metric }: SweepSummary) {
  return { sweep: name, trial, run, dir, params, metric, value, metrics };
}

async function asYaml(best: TrialSummary, { name, dir, metric, trials }: SweepSummary): Promise<string> {
  const config = (await readTrialConfig(dir, best.id))!;
  // The launcher is not part of the experiment.
  const own = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'launcher'));
  // The file is merged over the default stages, so removed stages must be set to null.
  const without = Object.keys(MEMBERS.stages.default).filter((stage) => !(stage in config.stages));
  const stages = { ...Object.fromEntries(without.map((stage) => [stage, null])), ...config.stages };
  const unit = metric.unit === undefined ? '' : ` ${metric.unit}`;
  const comment = [
    `# The best of ${counted(trials.length, 'trial')} of ${name}: ${best.label}.`,
    `# ${metric.name} ${formatNumber(best.value!)}${unit} (${metric.better} is better), run ${best.run}.`,
  ];
  const caution = optimizedNote(metric);
  if (caution !== '') comment.push(`# ${caution}`);
  return `${comment.join('\n')}\n${stringify({ ...own, stages })}`;
}
