import { resolve } from 'node:path';
import { Command } from 'commander';
import { runNames } from '../pipeline/find-run.js';
import { type Problem, ProblemError } from '../support/problem.js';
import { shortPath } from './console/short-path.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';
import { configuredServers, openMlflow, openOwnMlflow } from './ui/mlflow-server.js';
import { portNumber } from './ui/port-number.js';
import type { Page, PagePlace } from './ui/ui-page.js';
import { openTensorBoard } from './ui/tensorboard-server.js';
import { aborted } from '../support/aborted.js';

interface UiOptions {
  readonly runs: string;
  readonly host: string;
  readonly port?: number;
  /** Default: if a run or the environment names a server. */
  readonly mlflow?: boolean;
}

const HELP = `
MLflow is configured if a run has tracking.mlflow, or MLFLOW_TRACKING_URI is set. A server of this machine
that does not answer is started, with its data in .mlflow/ in the folder of runs.

The programs are those of the Python that RUNNER_UI_PYTHON names, or those in PATH. Where there are none, they
are set up once, in the user's cache folder.`;

/** `runner ui`: runs TensorBoard over all runs, and MLflow if runs use it, until Ctrl-C. */
export const ui: CommandFactory = (io, exit) =>
  new Command('ui')
    .description('start TensorBoard for all runs, and MLflow if it is configured; Ctrl-C stops them')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .option('--host <host>', 'the address to listen on; 0.0.0.0 for the whole network', '127.0.0.1')
    .option('--port <port>', 'TensorBoard’s port (by default 6006, or the next free one)', portNumber)
    .option('--mlflow', 'start an MLflow server on this machine if none is configured')
    .option('--no-mlflow', 'only TensorBoard')
    .addHelpText('after', HELP)
    .action(async (options: UiOptions) => exit(await show(options, io)));

async function show(options: UiOptions, io: Io): Promise<ExitCode> {
  const { yellow } = paint(io.stdout, io.env);
  const signals = interrupts(() => io.stdout.write('\nStopping.\n'));
  const stop = AbortSignal.any([signals.stop, signals.stopNow]);
  const runs = resolve(io.cwd, options.runs);
  const place: PagePlace = {
    runs,
    host: options.host,
    env: io.env,
    stop,
    say: (line) => io.stdout.write(`${line}\n`),
    warn: (line) => io.stdout.write(`${yellow(`warning: ${line}`)}\n`),
  };
  const pages: Page[] = [];
  try {
    const names = await runNames(runs);
    const servers = options.mlflow === false ? [] : await configuredServers(runs, names, io.env);
    pages.push(await openTensorBoard(place, options.port));
    for (const server of servers) {
      const page = await openMlflow(server, place);
      if (page !== undefined) pages.push(page);
    }
    if (servers.length === 0 && options.mlflow === true) pages.push(await openOwnMlflow(place));
    tell(pages, names.length, place, io);
    const died = await firstToDie(pages, stop);
    if (died === undefined) return 0;
    throw new ProblemError(died);
  } catch (error) {
    if (stop.aborted) return 0;
    if (!(error instanceof ProblemError)) throw error;
    printProblems(error.problems, io);
    return 1;
  } finally {
    await Promise.all(pages.flatMap(({ close }) => (close === undefined ? [] : [close()])));
    signals.dispose();
  }
}

function tell(pages: readonly Page[], count: number, { runs }: PagePlace, io: Io): void {
  const { bold, dim } = paint(io.stdout, io.env);
  const width = Math.max(...pages.map(({ name }) => name.length));
  const across = Math.max(...pages.map(({ address }) => address.length));
  const lines = pages.map(({ name, address, text = '' }) =>
    `  ${bold(name.padEnd(width))}  ${address.padEnd(across)}  ${dim(text)}`.trimEnd(),
  );
  const there = count === 0 ? 'no runs yet' : count === 1 ? 'one run' : `${count} runs`;
  const where = `${there} in ${shortPath(io.cwd, runs)}`;
  io.stdout.write(`\n${lines.join('\n')}\n\n${where}; new ones appear automatically. Ctrl-C stops the servers.\n`);
}

/** @returns why a program ended unexpectedly; undefined if the user stops them */
function firstToDie(pages: readonly Page[], stop: AbortSignal): Promise<Problem | undefined> {
  return Promise.race([aborted(stop), ...pages.flatMap(({ died }) => died ?? [])]);
}
