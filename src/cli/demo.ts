import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { makeDemo } from '../demo/make-demo.js';
import { serveFolder } from '../demo/serve-folder.js';
import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import { ProblemError } from '../support/problem.js';
import { findGenerator } from '../translation/find-generator.js';
import { factsOf } from '../web/read-facts.js';
import type { CommandFactory } from './command-factory.js';
import { shortPath } from './console/short-path.js';
import { WorkScreen } from './console/work-screen.js';
import { interrupts, type Interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';
import { checkpoint } from './translate/option-values.js';
import { addressOf, freePort, isFree, portTaken, reachable } from './ui/server.js';
import { portNumber } from './ui/port-number.js';
import { domainNames, examplesCount } from './demo/option-values.js';
import { aborted } from '../support/aborted.js';

interface Options {
  readonly out?: string;
  readonly serve: boolean;
  readonly examples: number;
  readonly domains?: readonly [string, string];
  readonly checkpoint: CheckpointChoice;
  readonly host: string;
  readonly port?: number;
  readonly runs: string;
}

/** The same at each start, where it is free: browsers keep networks by address. */
const FIRST_PORT = 8090;

/** `runner demo RUN`: a page that translates pictures in the browser. */
export const demo: CommandFactory = (io, exit) =>
  new Command('demo')
    .description('translate pictures in a browser: serves a page with a run’s generators until Ctrl-C')
    .argument('<run>', 'a run, a bundle, or a folder that `export` wrote with the format web')
    .option('--out <dir>', 'keep the page’s files, for any web server')
    .option('--no-serve', 'with --out: only write them')
    .option(
      '--domains <a,b>',
      'the names of A and B on the page (horse,zebra); by default those in the run’s name',
      domainNames,
    )
    .option('--examples <n>', 'test images of each domain on the page', examplesCount, 4)
    .option(
      '--checkpoint <which>',
      'auto (as exported; else the best, or the last), best, last, or a step',
      checkpoint,
      'auto',
    )
    .option('--host <host>', 'the address to listen on; 0.0.0.0 for the whole network', '127.0.0.1')
    .option('--port <port>', `by default ${FIRST_PORT}, or the next free one`, portNumber)
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .action(async (run: string, options: Options) => exit(await showDemo(run, options, io)));

async function showDemo(run: string, options: Options, io: Io): Promise<ExitCode> {
  const signals = interrupts(() => io.stdout.write('\nStopping.\n'));
  const temporary = options.out === undefined ? await mkdtemp(join(tmpdir(), 'runner-demo-')) : undefined;
  try {
    const folder = resolve(io.cwd, options.out ?? join(temporary!, 'demo'));
    const given = resolve(io.cwd, run);
    const isDemo = (await factsOf(given)) !== undefined;
    const code = isDemo ? 0 : await make(run, folder, options, signals, io);
    if (code !== 0) return code;
    if (!isDemo && options.out !== undefined) io.stdout.write(`written: ${shortPath(io.cwd, folder)}\n`);
    return options.serve ? await serve(isDemo ? given : folder, options, signals, io) : 0;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    printProblems(error.problems, io);
    return 1;
  } finally {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    signals.dispose();
  }
}

async function make(run: string, folder: string, options: Options, signals: Interrupts, io: Io): Promise<ExitCode> {
  const found = await findGenerator(run, options.checkpoint, resolve(io.cwd, options.runs), io.cwd);
  if (!found.ok) {
    printProblems(found.problems, io);
    return 2;
  }
  const screen = new WorkScreen('demo', io);
  try {
    const { stop, stopNow } = signals;
    const { examples, domains } = options;
    const content = { examples, ...(domains && { domains }) };
    const end = await makeDemo(found.value, folder, content, io.program, { stop, stopNow, onEvent: screen.listen }); // prettier-ignore
    if (end.status === 'interrupted') return 130;
    if (end.status === 'done') return signals.stop.aborted ? 130 : 0;
    printProblems(end.problems, io);
    if (end.bug !== undefined) io.stderr.write(`${end.bug}\n`);
    return 1;
  } finally {
    screen.close();
  }
}

async function serve(folder: string, { host, port: wanted }: Options, signals: Interrupts, io: Io): Promise<ExitCode> {
  if (wanted !== undefined && !(await isFree(host, wanted))) {
    throw new ProblemError(portTaken(wanted, 'Choose another one, or leave --port out.'));
  }
  const port = wanted ?? (await freePort(host, FIRST_PORT));
  const server = await serveFolder(folder, host, port);
  const { bold, dim } = paint(io.stdout, io.env);
  io.stdout.write(`\n  ${bold('demo')}  ${addressOf(reachable(host), port)}\n\n${dim('Pictures stay in the browser. Ctrl-C stops the server.')}\n`); // prettier-ignore
  await aborted(signals.stop);
  await server.close();
  return 0;
}
