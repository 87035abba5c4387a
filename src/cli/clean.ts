import { resolve } from 'node:path';
import { Command } from 'commander';
import { findUnused, removeUnused } from '../housekeeping/find-unused.js';
import type { CleanRequest, Removable, UnusedSurvey } from '../housekeeping/removable.js';
import { parseStoreLimit } from '../pipeline/storage/store-limit.js';
import { formatBytes } from '../support/bytes.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Problem } from '../support/problem.js';
import { confirm } from './confirm.js';
import { cleanTable, totalOf } from './console/clean-table.js';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';

interface CleanOptions {
  readonly runs: string;
  readonly yes?: boolean;
  readonly keepDays?: string;
  readonly storeLimit?: string;
  readonly datasets?: boolean;
  readonly json?: boolean;
}

/** `runner clean`: frees disk space, after listing what it would remove. */
export const clean: CommandFactory = (io, exit) =>
  new Command('clean')
    .description('free disk space by removing what no run uses; lists it first')
    .option('--yes', 'remove without asking')
    .option('--keep-days <n>', 'keep what was used in the last n days')
    .option('--store-limit <size>', 'remove prepared results only beyond this total size, such as 50GB')
    .option('--datasets', 'also remove downloaded data sets not used for 30 days (or --keep-days)')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option(...JSON_OPTION)
    .action(async (options: CleanOptions) => exit(await cleanUp(options, io)));

async function cleanUp(options: CleanOptions, io: Io): Promise<ExitCode> {
  const request = requestOf(options, io);
  if (!request.ok) {
    printProblems(request.problems, io);
    return 2;
  }
  const survey = await findUnused(request.value);
  const chosen = survey.items.filter(({ kind }) => kind !== 'dataset' || options.datasets === true);
  if (options.json !== true) tell(survey, chosen, options, io);
  const agreed = chosen.length > 0 && (options.yes === true || (await asked(chosen, options, io)));
  const cleaned = agreed ? await removeUnused(chosen) : undefined;
  const problems = [...survey.problems, ...(cleaned?.problems ?? [])];
  if (options.json === true) printReport(survey, cleaned?.removed ?? [], problems, io);
  else if (cleaned !== undefined) tellRemoved(cleaned.removed, cleaned.kept, io);
  printProblems(problems, io);
  return problems.length > 0 ? 1 : 0;
}

function requestOf({ runs, keepDays, storeLimit, datasets }: CleanOptions, io: Io): Outcome<CleanRequest> {
  if (runs === '') return invalid({ code: 'no-folder', message: '--runs takes a folder, found nothing.' });
  const days = keepDays === undefined ? undefined : Number(keepDays.trim() || NaN);
  if (days !== undefined && !(days >= 0)) {
    return invalid({ code: 'bad-number', message: `--keep-days takes a number of days; found "${keepDays}".` });
  }
  const limit = storeLimit === undefined ? undefined : parseStoreLimit(storeLimit, '--store-limit');
  if (limit?.ok === false) return limit;
  return valid({ runsRoot: resolve(io.cwd, runs), keepDays: days, storeLimit: limit?.value, datasets });
}

function tell(survey: UnusedSurvey, chosen: readonly Removable[], options: CleanOptions, io: Io): void {
  for (const note of survey.notes) io.stdout.write(`${note}\n`);
  io.stdout.write(cleanTable(survey.items, options.datasets === true, io));
  if (chosen.length === 0 && survey.items.length > 0) io.stdout.write('Everything else is in use.\n');
}

/** Asks for confirmation at a terminal; elsewhere prints how to confirm. */
async function asked(chosen: readonly Removable[], { json }: CleanOptions, io: Io): Promise<boolean> {
  if (json === true) return false;
  const answer = await confirm(
    `Remove ${chosen.length === 1 ? 'it' : `these ${chosen.length}`} (${size(chosen)})?`,
    io,
  );
  if (answer === undefined) io.stdout.write('Nothing is removed yet. To remove it: runner clean --yes\n');
  else if (!answer) io.stdout.write('Nothing is removed.\n');
  return answer === true;
}

function tellRemoved(removed: readonly Removable[], kept: readonly Removable[], io: Io): void {
  const { green } = paint(io.stdout, io.env);
  for (const { path } of kept) io.stdout.write(`Kept, because it is in use: ${path}\n`);
  io.stdout.write(`${green('Freed')} ${size(removed)}.\n`);
}

function size(items: readonly Removable[]): string {
  return formatBytes(totalOf(items));
}

function printReport(survey: UnusedSurvey, removed: readonly Removable[], problems: readonly Problem[], io: Io): void {
  const items = survey.items.map(({ kind, path, bytes, since, what, why, ...item }) => ({
    kind,
    path,
    bytes,
    since: since === 0 ? null : new Date(since).toISOString(),
    what,
    why,
    removed: removed.some((other) => other.remove === item.remove),
  }));
  const report = { bytes: totalOf(survey.items), freed: totalOf(removed), items, notes: survey.notes, problems };
  printJson(report, io);
}
