import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { findRun, runNames } from '../pipeline/find-run.js';
import { runStatuses, type RunStatus } from '../pipeline/run-status.js';
import { findSweep } from '../sweep/find-sweep.js';
import { collect } from '../sweep/summary/collect-sweep.js';
import type { ExitCode, Io } from './io.js';
import { JSON_OPTION, printJson } from './json-option.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';
import { differing } from './status/differing.js';
import { runText } from './status/run-text.js';
import { printTable } from './sweep/print-answer.js';
import { allSweeps, printSweeps } from './sweep/list-sweeps.js';

/** `runner status [RUN|SWEEP]`: the state and metrics of runs. */
export const status: CommandFactory = (io, exit) =>
  new Command('status')
    .description('show runs with their state, progress and metrics')
    .argument('[run]', 'name, prefix of the name, or folder of a run or sweep; by default all, with one line per sweep')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option(JSON_OPTION[0], `${JSON_OPTION[1]}; all runs, including those of sweeps`)
    .action(async (run: string | undefined, options: { runs: string; json?: boolean }) =>
      exit(await printStatus(run, resolve(io.cwd, options.runs), options.json === true, io)),
    );

async function printStatus(run: string | undefined, root: string, json: boolean, io: Io): Promise<ExitCode> {
  if (run !== undefined) return printOne(run, root, json, io);
  const names = await runNames(root);
  if (json) {
    printJson(await statuses(names, root), io);
    return 0;
  }
  // The trials of sweeps would hide everything else.
  const sweeps = await allSweeps(root);
  const trials = new Set(sweeps.flatMap((sweep) => sweep.trials.map((trial) => trial.run)));
  const runs = await statuses(
    names.filter((name) => !trials.has(name)),
    root,
  );
  if (runs.length + sweeps.length === 0) io.stdout.write(`There are no runs in ${root} yet.\n`);
  await printRuns(runs, io);
  if (runs.length > 0 && sweeps.length > 0) io.stdout.write('\n');
  printSweeps(sweeps, io);
  return 0;
}

async function printOne(name: string, root: string, json: boolean, io: Io): Promise<ExitCode> {
  const found = await findRun(name, root, io.cwd);
  if (found.ok) {
    const runs = await runStatuses([found.value]);
    if (json) printJson(runs, io);
    else await printRuns(runs, io);
    return 0;
  }
  const sweep = await findSweep(name, root, io.cwd);
  if (!sweep.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const { dir, sweep: frozen } = sweep.value;
  const summary = await collect(dir, frozen, root);
  const begun = summary.trials.filter(({ runDir }) => existsSync(runDir));
  if (json) {
    const runs = begun.map((trial) => trial.run);
    printJson(await statuses(runs, root), io);
  } else {
    io.stdout.write(`${paint(io.stdout, io.env).bold(summary.name)}\n`);
    printTable(summary, io);
  }
  return 0;
}

async function statuses(names: readonly string[], root: string): Promise<RunStatus[]> {
  return runStatuses(names.map((name) => join(root, name)));
}

async function printRuns(runs: readonly RunStatus[], io: Io): Promise<void> {
  const dirs = runs.map(({ dir }) => dir);
  const own = await differing(dirs, io.program.components());
  io.stdout.write(runs.map((each) => runText(each, own.get(each.dir) ?? '', paint(io.stdout, io.env))).join('\n'));
}
