import { availableParallelism, loadavg } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { ProblemError } from '../src/support/problem.js';
import { parseCases, type Case } from './cases.js';
import { PEERS, type Peer } from './contestants.js';
import { measures } from './measures/measures.js';
import type { Measured, Options } from './measures/options.js';
import { measurePreprocess, PREPROCESS } from './measures/preprocess.js';
import { measureServe, SERVE } from './measures/serve.js';
import { measureSweep, SWEEP } from './measures/sweep.js';
import type { Precision, Xla } from './protocol.js';
import { machine, ratios, type Report } from './report.js';
import { table } from './table.js';

export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const PRECISIONS: readonly Precision[] = ['float32', 'bfloat16'];
const XLA: readonly Xla[] = ['auto', 'on', 'off'];

interface Flags {
  readonly json?: boolean;
  readonly only?: readonly Case[];
  readonly rounds?: number;
  readonly warmup?: number;
  readonly precision?: readonly Precision[];
  readonly peers: readonly Peer[];
  readonly xla: Xla;
  readonly against?: string;
}

/** Runs the benchmark's command line. @returns the exit code: 1 when one of our contestants failed, 2 for a mistake in the arguments */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = new Command('bench')
    .description(
      'Times training, start-up, data and translation of this project, and of PyTorch and TensorFlow, in turns.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  for (const [name, measure] of Object.entries(measures)) {
    command(program, name, measure.summary, measure.cases).action(async (flags: Flags) => {
      code = await measureAndReport(name, flags, io);
    });
  }
  preprocessCommand(program).action(async (flags: PreprocessFlags) => {
    const options = { ...flags, log: loggerOf(io) };
    const load = initialLoad(options.log);
    code = printReport(await measurePreprocess(options), load, flags.json, io);
  });
  sweepCommand(program).action(async ({ trials, jobs, json }: SweepFlags) => {
    const log = loggerOf(io);
    initialLoad(log);
    const costs = await measureSweep({ trials, jobs, log });
    const lines = Object.entries(costs).map(([name, value]) => `${name.padEnd(16)}${(value as number).toFixed(3)}`);
    io.stdout.write(`${json === true ? JSON.stringify({ trials, jobs, ...costs }, null, 2) : lines.join('\n')}\n`);
  });
  serveCommand(program).action(async ({ case: benchCase, connections, seconds, json }: ServeFlags) => {
    const log = loggerOf(io);
    initialLoad(log);
    const costs = await measureServe({ case: benchCase, connections, seconds, log });
    const lines = Object.entries(costs).map(([name, value]) => `${name.padEnd(16)}${(value as number).toPrecision(4)}`);
    const result = { case: benchCase.name, connections, seconds, ...costs };
    io.stdout.write(`${json === true ? JSON.stringify(result, null, 2) : lines.join('\n')}\n`);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof ProblemError)) throw error;
    for (const { message, cure } of error.problems) io.stderr.write(`error: ${message}\n    ${cure ?? ''}\n`);
    return 2;
  }
}

/** The options of every measure. */
function baseCommand(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .summary(summary)
    .description(summary)
    .option('--json', 'print one JSON object instead of a table');
}

function command(program: Command, name: string, summary: string, cases: readonly string[]): Command {
  return baseCommand(program, name, summary)
    .option('--only <cases>', `comma list of cases, such as ${cases.slice(0, 2).join(',')}`, parseCases)
    .option('--precision <list>', `comma list of ${PRECISIONS.join(', ')}`, oneOf(PRECISIONS))
    .option('--peers <list>', 'comma list of peers, or none', parsePeers, Object.keys(PEERS) as Peer[])
    .addOption(new Option('--xla <setting>', 'whether XLA compiles our step').choices(XLA).default('auto'))
    .option('--against <dir>', 'a checkout of another version of ours, to compare with: its benchmark must be compiled')
    .option('--rounds <n>', 'timed rounds of each', count(1))
    .option('--warmup <n>', 'untimed rounds of each before those', count(0));
}

interface PreprocessFlags {
  readonly json?: boolean;
  readonly images?: string;
  readonly count: number;
  readonly side: number;
  readonly loadSize: number;
  readonly imageSize: number;
  readonly rounds: number;
  readonly warmup: number;
  readonly peers: boolean;
}

function preprocessCommand(program: Command): Command {
  return baseCommand(program, 'preprocess', PREPROCESS)
    .option('--images <dir>', 'a folder with trainA, trainB, testA and testB; without it, drawn images, created once')
    .option('--count <n>', 'number of images to draw', count(20), 1000)
    .option('--side <pixels>', 'their side', count(8), 256)
    .option('--load-size <pixels>', 'side of prepared training images', count(8), 286)
    .option('--image-size <pixels>', 'side of prepared test images', count(8), 256)
    .option('--no-peers', 'only ours, without Pillow')
    .option('--rounds <n>', 'timed rounds of each', count(1), 3)
    .option('--warmup <n>', 'untimed rounds of each before those', count(0), 1);
}

interface SweepFlags {
  readonly json?: boolean;
  readonly trials: number;
  readonly jobs: number;
}

function sweepCommand(program: Command): Command {
  return baseCommand(program, 'sweep', SWEEP)
    .option('--trials <n>', 'number of trials', count(1), 1000)
    .option('--jobs <n>', 'trials in parallel', count(1), 2);
}

interface ServeFlags {
  readonly json?: boolean;
  readonly case: Case;
  readonly connections: number;
  readonly seconds: number;
}

function serveCommand(program: Command): Command {
  return baseCommand(program, 'serve', SERVE)
    .option(
      '--case <case>',
      'the generator and the size of the images',
      (text) => parseCases(text)[0]!,
      parseCases('unet@256')[0],
    )
    .option('--connections <n>', 'clients at once', count(1), 200)
    .option('--seconds <n>', 'how long', count(1), 60);
}

async function measureAndReport(name: string, flags: Flags, io: Io): Promise<number> {
  const measure = measures[name]!;
  const options: Options = {
    cases: flags.only ?? parseCases(measure.cases.join(',')),
    precisions: flags.precision ?? measure.precisions,
    peers: flags.peers,
    xla: flags.xla,
    against: flags.against,
    rounds: flags.rounds ?? measure.rounds,
    warmup: flags.warmup ?? measure.warmup,
    log: loggerOf(io),
  };
  const load = initialLoad(options.log);
  return printReport(await measure.run(options), load, flags.json, io);
}

function printReport({ results, rows }: Measured, load: number, json: boolean | undefined, io: Io): number {
  const report: Report = { machine: machine(results, load), rows, ratios: ratios(rows) };
  io.stdout.write(`${json === true ? JSON.stringify(report, null, 2) : table(report)}\n`);
  return results.some(({ entry, notMeasured }) => entry.who === 'ours' && notMeasured?.isSkipped === false) ? 1 : 0;
}

function loggerOf(io: Io): (text: string) => void {
  return (text) => void io.stderr.write(`${text}\n`);
}

function initialLoad(log: (text: string) => void): number {
  const load = loadavg()[0]!;
  if (load > availableParallelism() / 4) log(busyWarning(load));
  return load;
}

function busyWarning(load: number): string {
  return `The machine is busy (load ${load.toFixed(1)} on ${availableParallelism()} cores). An idle one gives other numbers, above all for PyTorch.`;
}

function parsePeers(text: string): readonly Peer[] {
  return text === 'none' ? [] : oneOf(Object.keys(PEERS) as Peer[])(text);
}

function oneOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) =>
    text.split(',').map((name) => {
      const found = known.find((one) => one === name.trim());
      if (found === undefined) throw new InvalidArgumentError(`Expected ${known.join(', ')}; found "${name}".`);
      return found;
    });
}

function count(minimum: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= minimum) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from ${minimum} up; found "${text}".`);
  };
}
