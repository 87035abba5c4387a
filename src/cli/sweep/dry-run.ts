import { resolve } from 'node:path';
import { printable } from '../../support/visible.js';
import type { OpenSweep } from '../../sweep/freeze.js';
import { collect } from '../../sweep/summary/collect-sweep.js';
import { optimizedNote } from '../../sweep/summary/summary-text.js';
import type { ExitCode, Io } from '../io.js';
import { printJson } from '../json-option.js';
import { printProblems } from '../print-problems.js';
import { unknownTrial } from './trial.js';

/** `runner sweep CONFIG --dry-run`: the experiments, their states and the ranking metric. Writes nothing. */
export async function dryRun(
  { dir, sweep, notes }: OpenSweep,
  options: { readonly runs: string; readonly trial?: number; readonly json?: boolean },
  io: Io,
): Promise<ExitCode> {
  const { name, trials, metric } = await collect(dir, sweep, resolve(io.cwd, options.runs));
  const shown = trials.filter(({ id }) => options.trial === undefined || id === options.trial);
  if (shown.length === 0) {
    printProblems([unknownTrial(options.trial!, trials.length)], io);
    return 2;
  }
  if (options.json === true) {
    const listed = shown.map(({ runDir, ...trial }) => {
      const { id, label, params, run, state } = trial;
      return { id, label, params, run, dir: runDir, state };
    });
    printJson({ name, metric, trials: listed, notes }, io);
    return 0;
  }
  const width = String(trials.length).length;
  const lines = [
    name,
    ...shown.map(({ id, label, run, state }) => `  ${String(id).padStart(width)}  ${label}  ${run}  ${state}`),
    ...notes,
    `Ranked by ${metric.name} (${metric.better} is better).`,
    ...[optimizedNote(metric)].filter((note) => note !== ''),
  ];
  io.stdout.write(`${lines.map(printable).join('\n')}\n`);
  return 0;
}
