import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FinishedOutcome } from '../../pipeline/run.js';
import type { Io } from '../io.js';
import { paint } from '../paint.js';

/** The last lines of a run that is done: what came out, where it lies, and what to do next. */
export function printDone(outcome: FinishedOutcome, runs: string, io: Io): void {
  const { bold, green } = paint(io.stdout, io.env);
  const { runDir } = outcome.plan;
  const title = outcome.status === 'done' ? 'Done' : 'Everything is up to date';
  const lines = ['', `${green(bold(title))}  ${shortPath(io.cwd, runDir)}`];
  for (const { name, summary } of outcome.stages) {
    if (summary.length > 0) lines.push(`  ${bold(name)}`, ...summary.map((line) => `    ${line}`));
  }
  for (const [what, path] of placesIn(runDir)) {
    const short = shortPath(io.cwd, path);
    // A stage may have said it better.
    if (!lines.some((line) => line.includes(`${short}/`))) lines.push(`  ${what.padEnd(8)} ${short}`);
  }
  if (existsSync(join(runDir, 'tensorboard'))) lines.push('Look at the curves with:', `  tensorboard --logdir ${runs}`);
  io.stdout.write(`${lines.join('\n')}\n`);
}

/** The places that people look for, those that there are. */
function placesIn(runDir: string): [string, string][] {
  const places: [string, string][] = [
    ['samples', join(runDir, 'train', 'samples')],
    ['events', join(runDir, 'tensorboard')],
    ['export', join(runDir, 'export')],
    ['journal', join(runDir, 'journal.jsonl')],
  ];
  return places.filter(([, path]) => existsSync(path));
}

/** As one would type it from here. */
function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
