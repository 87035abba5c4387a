import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { findRun } from '../pipeline/find-run.js';
import { writeRunReport } from '../pipeline/run-report/write-run-report.js';
import { formatBytes } from '../support/bytes.js';
import type { CommandFactory } from './command-factory.js';
import { shortPath } from './console/short-path.js';
import type { ExitCode, Io } from './io.js';
import { printProblems } from './print-problems.js';

interface Options {
  readonly runs: string;
  readonly out?: string;
  readonly open?: boolean;
}

/** `runner report RUN`: a run as one HTML file. */
export const report: CommandFactory = (io, exit) =>
  new Command('report')
    .description('write a run’s report, one HTML file: results, curves, samples, test images, config')
    .argument('<run>', 'name, prefix of the name, or folder; it may still be running')
    .option('--out <file>', 'by default report.html in the run’s folder')
    .option('--open', 'open it in the browser')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .action(async (run: string, options: Options) => exit(await writeReport(run, options, io)));

async function writeReport(run: string, { runs, out, open }: Options, io: Io): Promise<ExitCode> {
  const found = await findRun(run, resolve(io.cwd, runs), io.cwd);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const { file, bytes } = await writeRunReport({
    runDir: found.value,
    components: io.program.components(),
    ...(out !== undefined && { file: resolve(io.cwd, out) }),
  });
  io.stdout.write(`${shortPath(io.cwd, file)}  ${formatBytes(bytes)}\n`);
  if (open === true) openInBrowser(file, io);
  return 0;
}

/** By the system's program for it, which ends on its own. */
function openInBrowser(file: string, io: Io): void {
  const [program, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(program!, [...args, file], { stdio: 'ignore', detached: true });
  child.once('error', () => io.stderr.write(`${program} cannot open it: open the file in a browser.\n`));
  child.unref();
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['explorer'],
};
