import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { findRun, runNames } from '../pipeline/find-run.js';
import { runStatus, type RunStatus, type StageStatus } from '../pipeline/status.js';
import { duration } from './console/format.js';
import { metricLines } from './metric-lines.js';
import type { ExitCode, Io } from './io.js';
import type { CommandFactory } from './main.js';
import { paint, type Paint } from './paint.js';
import { printProblems } from './problems.js';

/** `runner status [RUN]`: what ran, how it ended, and how good it is. */
export const status: CommandFactory = (io, exit) =>
  new Command('status')
    .description('what ran, how far it got, and its metrics')
    .argument('[run]', 'a run’s name, the beginning of it, or its folder; all runs by default')
    .option('--runs <dir>', 'where runs lie', 'runs')
    .option('--json', 'for programs')
    .action(async (run: string | undefined, options: { runs: string; json?: boolean }) =>
      exit(await printStatus(run, resolve(io.cwd, options.runs), options.json === true, io)),
    );

async function printStatus(run: string | undefined, root: string, json: boolean, io: Io): Promise<ExitCode> {
  const found = run === undefined ? undefined : await findRun(run, root, io.cwd);
  if (found?.ok === false) {
    printProblems(found.problems, io);
    return 2;
  }
  const dirs = found === undefined ? (await runNames(root)).map((name) => join(root, name)) : [found.value];
  const runs = await Promise.all(dirs.map(runStatus));
  if (json) io.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
  else if (runs.length === 0) io.stdout.write(`There are no runs in ${root} yet.\n`);
  else io.stdout.write(runs.map((each) => runText(each, paint(io.stdout, io.env))).join('\n'));
  return 0;
}

function runText({ name, runningBy, stages }: RunStatus, colours: Paint): string {
  const title = colours.bold(name) + (runningBy === null ? '' : colours.yellow(`  running, process ${runningBy}`));
  const width = Math.max(0, ...stages.map((stage) => stage.name.length));
  const lines = stages.flatMap((stage) => [
    `  ${stage.name.padEnd(width)}  ${stageText(stage, colours)}`.trimEnd(),
    ...metricLines(stage.metrics).map((line) => `  ${' '.repeat(width)}  ${line}`),
  ]);
  return `${[title, ...lines].join('\n')}\n`;
}

function stageText({ state, finished, seconds }: StageStatus, { green, red, yellow, dim }: Paint): string {
  const colour = { done: green, running: yellow, unfinished: yellow, failed: red, none: dim }[state];
  const when = finished === null ? '' : dim(`${finished.replace('T', ' ').slice(0, 16)} UTC`);
  const took = seconds === null ? '' : dim(duration(seconds));
  const shown = state === 'none' ? '-' : state;
  return [colour(shown.padEnd(10)), when, took].filter((part) => part !== '').join('  ');
}
