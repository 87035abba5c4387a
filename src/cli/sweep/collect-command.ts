import { resolve } from 'node:path';
import { collect } from '../../sweep/summary/collect-sweep.js';
import { markdown } from '../../sweep/summary/markdown.js';
import { writeSummary } from '../../sweep/summary/write.js';
import { reportToTrackers } from '../../sweep/sweep-reporter.js';
import { importRuns } from '../../sweep/import-runs.js';
import type { ExitCode, Io } from '../io.js';
import { printProblems } from '../print-problems.js';
import { printTable } from './print-answer.js';
import { componentsOf } from './sweep-components.js';
import { findSorted } from './find-sorted.js';

/** `runner sweep collect`: builds the summary from the trial records, wherever the trials ran. */
export async function collectSweep(
  name: string | undefined,
  options: { runs: string; add?: readonly string[]; metric?: string; markdown?: boolean },
  io: Io,
): Promise<ExitCode> {
  const runsRoot = resolve(io.cwd, options.runs);
  for (const other of options.add ?? []) await importRuns(resolve(io.cwd, other), runsRoot);
  const found = await findSorted(name, options, io);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const summary = await collect(found.value.dir, found.value.sweep, runsRoot);
  await writeSummary(summary);
  const { config, components } = await componentsOf(found.value, io);
  if (config !== undefined) {
    const warn = (text: string) => io.stderr.write(`warning: ${text}\n`);
    await reportToTrackers(summary, config, components, { env: io.env, stop: new AbortController().signal, warn });
  }
  if (options.markdown === true) io.stdout.write(markdown(summary));
  else printTable(summary, io);
  return summary.trials.every(({ state }) => state === 'done' || state === 'pruned') ? 0 : 1;
}
