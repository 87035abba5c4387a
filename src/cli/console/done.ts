import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FinishedOutcome } from '../../pipeline/run-outcome.js';
import type { SummaryLine } from '../../registry/kinds/stage.js';
import type { Io } from '../io.js';
import { paint } from '../paint.js';
import { runFile } from '../../pipeline/paths.js';
import { shortPath } from './short-path.js';

/** A line of the final table; `file` is absolute. */
type Row = SummaryLine;

/** Prints the results of a finished run, their paths, and the next steps. */
export function printDone(outcome: FinishedOutcome, runs: string, io: Io): void {
  const { bold, green } = paint(io.stdout, io.env);
  const { runDir } = outcome.plan;
  const title = titleOf(outcome);
  const rows = [...summaries(outcome), ...places(runDir, runs)];
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map(({ label, file, text }) => {
    const path = file === undefined ? [] : [shortPath(io.cwd, file)];
    return `  ${[label.padEnd(width), ...path, ...(text === undefined ? [] : [text])].join('  ')}`;
  });
  io.stdout.write(`\n${green(bold(title))}  ${shortPath(io.cwd, runDir)}\n\n${lines.join('\n')}\n`);
}

function titleOf({ status, whole }: FinishedOutcome): string {
  if (status === 'done') return 'Done';
  return whole ? 'Everything is up to date' : 'The requested stages are up to date';
}

/** The summaries of the stages. */
function summaries({ stages }: FinishedOutcome): Row[] {
  return stages.flatMap(({ dir, summary }) =>
    summary.map((line) => (line.file === undefined ? line : { ...line, file: join(dir, line.file) })),
  );
}

function places(runDir: string, runs: string): Row[] {
  const text = `(runner ui${runs === 'runs' ? '' : ` --runs ${runs}`})`;
  const events = readdirSync(runDir).some((name) => name.startsWith('events.out.tfevents.'));
  const report = { label: 'report', file: runFile.report(runDir) };
  const journal = { label: 'journal', file: runFile.journal(runDir) };
  return [
    ...[report].filter(({ file }) => existsSync(file)),
    ...(events ? [{ label: 'curves', file: runDir, text }] : []),
    ...(existsSync(journal.file) ? [journal] : []),
  ];
}
