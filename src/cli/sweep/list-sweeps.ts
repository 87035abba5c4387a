import { join, resolve } from 'node:path';
import { sweepNames } from '../../sweep/find-sweep.js';
import { sweepsRoot } from '../../sweep/sweep-files.js';
import { readFrozen } from '../../sweep/frozen.js';
import { isRanked } from '../../sweep/ranking-order.js';
import { collect } from '../../sweep/summary/collect-sweep.js';
import type { SweepSummary } from '../../sweep/summary/sweep-summary.js';
import type { ExitCode, Io } from '../io.js';
import { printJson } from '../json-option.js';
import { paint } from '../paint.js';
import { sentence } from './print-answer.js';

/** `runner sweep list`: one line per sweep. */
export async function listSweeps({ runs, json }: { runs: string; json?: boolean }, io: Io): Promise<ExitCode> {
  const runsRoot = resolve(io.cwd, runs);
  const sweeps = await allSweeps(runsRoot);
  if (json === true) {
    printJson(sweeps.map(asJson), io);
    return 0;
  }
  if (sweeps.length === 0) io.stdout.write(`There are no sweeps in ${runsRoot} yet.\n`);
  printSweeps(sweeps, io);
  return 0;
}

/** All sweeps with their current state, the most recent last. */
export async function allSweeps(runsRoot: string): Promise<SweepSummary[]> {
  const summaries: SweepSummary[] = [];
  for (const name of await sweepNames(runsRoot)) {
    const dir = join(sweepsRoot(runsRoot), name);
    const sweep = await readFrozen(dir);
    if (sweep !== undefined) summaries.push(await collect(dir, sweep, runsRoot));
  }
  return summaries;
}

/** The items of `sweep list`; `runner sweep collect` has the full table. */
function asJson({ name, dir, created, metric, axes, trials, ranking }: SweepSummary) {
  const [best] = ranking;
  const states = [...new Set(trials.map(({ state }) => state))];
  return {
    ...{ name, dir, created, metric },
    axes: axes.map(({ path, values }) => ({ path, values })),
    trials: trials.length,
    states: Object.fromEntries(states.map((each) => [each, trials.filter(({ state }) => state === each).length])),
    best: best === undefined || !isRanked(best.value) ? null : { id: best.id, run: best.run, value: best.value },
  };
}

export function printSweeps(sweeps: readonly SweepSummary[], io: Io): void {
  const { bold } = paint(io.stdout, io.env);
  for (const sweep of sweeps) io.stdout.write(`${bold(sweep.name)}  ${sentence(sweep, io)}\n`);
}
