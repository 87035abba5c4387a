import { existsSync } from 'node:fs';
import { printable } from '../../support/visible.js';
import type { SweepOutcome } from '../../sweep/sweep-events.js';
import { sweepFile } from '../../sweep/sweep-files.js';
import type { SweepSummary } from '../../sweep/summary/sweep-summary.js';
import { tableOf } from '../../sweep/summary/table.js';
import { sentence as sentenceOf } from '../../sweep/summary/sentence.js';
import { shortPath } from '../console/short-path.js';
import type { Io } from '../io.js';
import { paint } from '../paint.js';

/** Maximum number of rows on a terminal; the files have all. */
const MOST_ROWS = 40;

/** The last lines of a sweep: the table, the summary sentence and the files. */
export function printAnswer(
  summary: SweepSummary,
  outcome: SweepOutcome,
  { quiet }: { quiet?: boolean },
  io: Io,
): void {
  const { bold, green, red, yellow } = paint(io.stdout, io.env);
  const title = {
    done: 'nothing' in outcome && outcome.nothing ? green(bold('Nothing to do')) : green(bold('Done')),
    failed: red(bold('Not all trials are done')),
    interrupted: yellow(bold('Stopped')),
  }[outcome.status];
  io.stdout.write(`\n${title}  ${shortPath(io.cwd, summary.dir)}\n\n`);
  printTable(summary, io);
  if (quiet !== true) printPlaces(summary, io);
  if (outcome.status === 'interrupted') {
    const detached = 'Submitted trials continue; `runner sweep cancel` stops them. ';
    io.stdout.write(`${outcome.detached ? detached : ''}The same command resumes from here.\n`);
  } else if (outcome.status === 'failed') {
    io.stdout.write('The same command retries trials that are not done.\n');
  }
}

/** The table and the summary sentence. */
export function printTable(summary: SweepSummary, io: Io): void {
  const { dim, green } = paint(io.stdout, io.env);
  const { head, rows, numeric } = tableOf(summary);
  const shown = rows.slice(0, MOST_ROWS);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...shown.map((row) => printable(row[column]!).length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        numeric[column] ? printable(cell).padStart(widths[column]!) : printable(cell).padEnd(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const lines = [dim(line(head)), ...shown.map((row) => (row[0] === '1' ? green(line(row)) : line(row)))];
  const more = rows.length - shown.length;
  if (more > 0) lines.push(dim(`… and ${more} more in ${shortPath(io.cwd, sweepFile.table(summary.dir))}`));
  io.stdout.write(`${lines.map((each) => `  ${each}`).join('\n')}\n\n  ${sentence(summary, io)}\n`);
}

/** `3 trials: 3 done. Best by cycle-error (lower is better): lambda=50, 0.1668.` */
export function sentence(summary: SweepSummary, io: Io): string {
  return sentenceOf(summary, { text: printable, strong: paint(io.stdout, io.env).bold });
}

function printPlaces({ dir }: SweepSummary, io: Io): void {
  const places = [
    ['page', sweepFile.page(dir)],
    ['table', sweepFile.table(dir)],
    ['markdown', sweepFile.markdown(dir)],
  ] as const;
  const there = places.filter(([, path]) => existsSync(path));
  io.stdout.write(`\n${there.map(([label, path]) => `  ${label.padEnd(8)}  ${shortPath(io.cwd, path)}\n`).join('')}`);
}
