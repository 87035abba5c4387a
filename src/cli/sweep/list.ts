import { join, resolve } from 'node:path';
import { sweepNames } from '../../sweep/find.js';
import { sweepsRoot } from '../../sweep/files.js';
import { readFrozen } from '../../sweep/frozen.js';
import { collect } from '../../sweep/summary/collect.js';
import type { SweepSummary } from '../../sweep/summary/summary.js';
import type { ExitCode, Io } from '../io.js';
import { paint } from '../paint.js';
import { sentence } from './answer.js';

/** `runner sweep list`: every sweep in a line. */
export async function listSweeps(options: { runs: string }, io: Io): Promise<ExitCode> {
  const runsRoot = resolve(io.cwd, options.runs);
  const sweeps = await allSweeps(runsRoot);
  if (sweeps.length === 0) io.stdout.write(`There are no sweeps in ${runsRoot} yet.\n`);
  printSweeps(sweeps, io);
  return 0;
}

/** Every sweep as it is now, the one that was begun last at the end. */
export async function allSweeps(runsRoot: string): Promise<SweepSummary[]> {
  const summaries: SweepSummary[] = [];
  for (const name of await sweepNames(runsRoot)) {
    const dir = join(sweepsRoot(runsRoot), name);
    const sweep = await readFrozen(dir);
    if (sweep !== undefined) summaries.push(await collect(dir, sweep, runsRoot));
  }
  return summaries;
}

export function printSweeps(sweeps: readonly SweepSummary[], io: Io): void {
  const { bold } = paint(io.stdout, io.env);
  for (const sweep of sweeps) io.stdout.write(`${bold(sweep.name)}  ${sentence(sweep, io)}\n`);
}
