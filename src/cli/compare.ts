import { resolve } from 'node:path';
import { Command } from 'commander';
import { compareRuns, type Comparison } from '../comparison/compare/compare-runs.js';
import { comparisonPage } from '../comparison/page/comparison-page.js';
import { readEntries } from '../comparison/run-entry.js';
import { findRun } from '../pipeline/find-run.js';
import { fileProblem } from '../support/file-problem.js';
import { writeFileAtomic } from '../support/files.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import { printComparison } from './compare/print-comparison.js';
import { shortPath } from './console/short-path.js';
import type { CommandFactory } from './command-factory.js';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import { printProblems } from './print-problems.js';

/** More do not fit side by side. */
const MOST_RUNS = 8;

interface Options {
  readonly runs: string;
  readonly html?: string;
  readonly images: string;
  readonly json?: boolean;
}

/** `runner compare RUN RUN...`: the differences of runs. */
export const compare: CommandFactory = (io, exit) =>
  new Command('compare')
    .description('compare runs: what differs in config and environment, and whether their metrics do')
    .argument(
      '<run...>',
      `2 to ${MOST_RUNS} runs by name, beginning of the name or hash, or folder; the others are compared with the first`,
    )
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option('--html <file>', 'write a page with the same test images side by side, and the curves')
    .option('--images <n>', 'with --html: test images of each direction at most', '24')
    .option(JSON_OPTION[0], JSON_OPTION[1])
    .action(async (runs: readonly string[], options: Options) => exit(await printCompared(runs, options, io)));

async function printCompared(names: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const most = Number(options.images);
  if (!(Number.isInteger(most) && most > 0)) {
    printProblems(
      [{ code: 'bad-number', message: `--images takes a whole number from 1 on; found "${options.images}".` }],
      io,
    );
    return 2;
  }
  const found = await foldersOf(names, resolve(io.cwd, options.runs), io);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const comparison = await compareRuns(await readEntries(found.value), io.program.components());
  if (options.json === true) printJson(asJson(comparison), io);
  else printComparison(comparison, io);
  return options.html === undefined
    ? 0
    : writePage(comparison, resolve(io.cwd, options.html), most, { ...options, io });
}

async function foldersOf(names: readonly string[], root: string, io: Io): Promise<Outcome<readonly string[]>> {
  const found = await Promise.all(names.map((name) => findRun(name, root, io.cwd)));
  const problems = found.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) return invalid(...problems);
  const dirs = found.flatMap((one) => (one.ok ? [one.value] : []));
  const twice = dirs.find((dir, i) => dirs.indexOf(dir) < i);
  if (twice !== undefined) return invalid({ code: 'bad-command-line', message: `${twice} is named twice.` });
  if (dirs.length >= 2 && dirs.length <= MOST_RUNS) return valid(dirs);
  return invalid({
    code: 'bad-command-line',
    message: `compare takes 2 to ${MOST_RUNS} runs; found ${dirs.length}.`,
    cure: '`runner runs` is a table of all runs.',
  });
}

async function writePage(
  comparison: Comparison,
  file: string,
  most: number,
  { json, io }: { readonly json?: boolean; readonly io: Io },
): Promise<ExitCode> {
  try {
    await writeFileAtomic(file, await comparisonPage(comparison, { most }));
  } catch (error) {
    const problem = fileProblem(error, 'The page');
    if (problem === undefined) throw error;
    printProblems([problem], io);
    return 1;
  }
  if (json !== true) io.stdout.write(`\npage  ${shortPath(io.cwd, file)}\n`);
  return 0;
}

function asJson({ runs, config, environment, metrics }: Comparison) {
  return {
    runs: runs.map(({ label, entry, evaluation }) => {
      const { name, dir, status, started, finished, seconds, problem } = entry;
      return {
        label,
        name,
        dir,
        status,
        started,
        finished,
        seconds,
        problem,
        step: evaluation?.record.outputs['step'] ?? null,
      };
    }),
    ...{ config, environment, metrics },
  };
}
