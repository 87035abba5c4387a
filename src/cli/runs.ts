import { resolve } from 'node:path';
import { Command } from 'commander';
import { meansOf } from '../evaluation/recorded-values.js';
import { readAllEntries, type RunEntry } from '../comparison/run-entry.js';
import { runCsv } from '../comparison/table/run-csv.js';
import { runTable, type RunTable } from '../comparison/table/run-table.js';
import { counted } from '../support/plain-text.js';
import type { CommandFactory } from './command-factory.js';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';
import { runColumns } from './runs/run-columns.js';
import { textTable } from './console/text-table.js';

interface Options {
  readonly runs: string;
  readonly where: readonly string[];
  readonly sort: string;
  readonly columns?: string;
  readonly limit?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** `runner runs`: all runs as a table. */
export const runs: CommandFactory = (io, exit) =>
  new Command('runs')
    .description('a table of all runs, filtered and sorted by any config key or metric')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option(
      '--where <condition>',
      'only runs for which it holds, such as loss.lambda=10; =, !=, <, <=, >, >=, or ~ for “contains”; repeatable',
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .option(
      '--sort <key>',
      'a metric (its mean over both directions, or AtoB/METRIC; the best first), a config key, name, status, started or seconds; -KEY reverses',
      '-started',
    )
    .option('--columns <keys>', 'the columns, separated by commas; by default the keys that differ, and the metrics')
    .option('--limit <n>', 'only the first N rows')
    .option('--csv', 'CSV instead of a table; without --columns, all keys and metrics')
    .option(JSON_OPTION[0], JSON_OPTION[1])
    .addHelpText(
      'after',
      "\nFor example:\n  runner runs --where loss.lambda=10 --where 'psnr>18' --sort psnr --limit 5",
    )
    .action(async (options: Options) => exit(await printRuns(options, io)));

async function printRuns(options: Options, io: Io): Promise<ExitCode> {
  const { where, sort, json, csv } = options;
  const limit = options.limit === undefined ? undefined : Number(options.limit);
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
    printProblems(
      [{ code: 'bad-number', message: `--limit takes a whole number from 1 on; found "${options.limit}".` }],
      io,
    );
    return 2;
  }
  if (json === true && csv === true) {
    printProblems([{ code: 'conflictingOption', message: '--json and --csv cannot be used together.' }], io);
    return 2;
  }
  const root = resolve(io.cwd, options.runs);
  const all = await readAllEntries(root);
  // Without runs there are no keys to be wrong about.
  if (all.length === 0 && json !== true && csv !== true) {
    io.stdout.write(`There are no runs in ${root} yet.\n`);
    return 0;
  }
  const columns = options.columns?.split(',').map((name) => name.trim());
  const request = all.length === 0 ? { where: [], sort: '-started' } : { where, sort, limit, columns };
  const table = runTable(all, request);
  if (!table.ok) {
    printProblems(table.problems, io);
    return 2;
  }
  if (json === true) printJson(table.value.rows.map(asJson), io);
  else if (csv === true) io.stdout.write(runCsv(table.value, columns !== undefined));
  else printTable(table.value, { total: all.length, where, root }, io);
  return 0;
}

function printTable(
  table: RunTable,
  { total, where, root }: { readonly total: number; readonly where: readonly string[]; readonly root: string },
  io: Io,
): void {
  const { dim } = paint(io.stdout, io.env);
  const { rows, matching } = table;
  if (rows.length === 0) {
    io.stdout.write(`None of ${counted(total, 'run')} in ${root} has ${where.join(' and ')}.\n`);
    return;
  }
  const { lines, hidden } = textTable(runColumns(table, paint(io.stdout, io.env)), io.stdout.columns);
  const more = matching - rows.length;
  const notes = [
    ...(more > 0 ? [`… and ${counted(more, 'more run')}`] : []),
    ...(hidden.length > 0
      ? [`Not shown, as they do not fit: ${hidden.join(', ')} (--columns chooses, --csv has all)`]
      : []),
  ];
  const [head, ...body] = lines;
  io.stdout.write(`${[dim(head!), ...body, ...notes.map(dim)].join('\n')}\n`);
}

function asJson({ name, dir, status, started, finished, seconds, problem, config, metrics }: RunEntry) {
  const [values, means] = [Object.fromEntries(metrics), Object.fromEntries(meansOf(metrics))];
  return { name, dir, status, started, finished, seconds, problem, config, metrics: values, means };
}
