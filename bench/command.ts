import { availableParallelism, loadavg } from 'node:os';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ProblemError } from '../src/support/problem.js';
import { parseCases, type Case } from './cases.js';
import { PEERS, type Peer } from './contestants.js';
import { measures } from './measures/measures.js';
import type { Measured, Options } from './measures/options.js';
import { measurePreprocess, PREPROCESS } from './measures/preprocess.js';
import { measureSweep, SWEEP } from './measures/sweep.js';
import type { Precision } from './protocol.js';
import { machine, ratios, type Report } from './report.js';
import { table } from './table.js';

export interface Io {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
}

const PRECISIONS: readonly Precision[] = ['float32', 'bfloat16'];

interface Flags {
  readonly json?: boolean;
  readonly only?: readonly Case[];
  readonly rounds?: number;
  readonly warmup?: number;
  readonly precision?: readonly Precision[];
  readonly peers: readonly Peer[];
}

/** The benchmark's command line. @returns the exit code: 1 when one of ours failed, 2 for a mistake in the arguments */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const program = new Command('bench')
    .description(
      'Times training, start-up, data and translation of this project beside PyTorch and TensorFlow, in turns.',
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) });
  for (const [name, measure] of Object.entries(measures)) {
    command(program, name, measure.summary, measure.cases).action(async (flags: Flags) => {
      code = await measureAndTell(name, flags, io);
    });
  }
  preprocessCommand(program).action(async (flags: PreprocessFlags) => {
    const options = { ...flags, tell: teller(io) };
    const load = loadBefore(options.tell);
    code = tellReport(await measurePreprocess(options), load, flags.json, io);
  });
  sweepCommand(program).action(async ({ trials, jobs, json }: SweepFlags) => {
    const tell = teller(io);
    loadBefore(tell);
    const costs = await measureSweep({ trials, jobs, tell });
    const lines = Object.entries(costs).map(([name, value]) => `${name.padEnd(16)}${(value as number).toFixed(3)}`);
    io.stdout.write(`${json === true ? JSON.stringify({ trials, jobs, ...costs }, null, 2) : lines.join('\n')}\n`);
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

/** What every measure has. */
function bare(program: Command, name: string, summary: string): Command {
  return program
    .command(name)
    .summary(summary)
    .description(summary)
    .option('--json', 'print one JSON object instead of a table');
}

function command(program: Command, name: string, summary: string, cases: readonly string[]): Command {
  return bare(program, name, summary)
    .option('--only <cases>', `comma list of cases, such as ${cases.slice(0, 2).join(',')}`, parseCases)
    .option('--precision <list>', `comma list of ${PRECISIONS.join(', ')}`, oneOf(PRECISIONS))
    .option('--peers <list>', 'comma list of peers, or none', parsePeers, Object.keys(PEERS) as Peer[])
    .option('--rounds <n>', 'how often each is timed', count(1))
    .option('--warmup <n>', 'how often each goes untimed before', count(0));
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
  return bare(program, 'preprocess', PREPROCESS)
    .option('--images <dir>', 'a folder with trainA, trainB, testA and testB; else drawn images, made once')
    .option('--count <n>', 'how many images to draw', count(20), 1000)
    .option('--side <pixels>', 'their side', count(8), 256)
    .option('--load-size <pixels>', 'side of prepared training images', count(8), 286)
    .option('--image-size <pixels>', 'side of prepared test images', count(8), 256)
    .option('--no-peers', 'ours alone, without Pillow')
    .option('--rounds <n>', 'how often each is timed', count(1), 3)
    .option('--warmup <n>', 'how often each goes untimed before', count(0), 1);
}

interface SweepFlags {
  readonly json?: boolean;
  readonly trials: number;
  readonly jobs: number;
}

function sweepCommand(program: Command): Command {
  return bare(program, 'sweep', SWEEP)
    .option('--trials <n>', 'how many trials', count(1), 1000)
    .option('--jobs <n>', 'how many at a time', count(1), 2);
}

async function measureAndTell(name: string, flags: Flags, io: Io): Promise<number> {
  const measure = measures[name]!;
  const options: Options = {
    cases: flags.only ?? parseCases(measure.cases.join(',')),
    precisions: flags.precision ?? measure.precisions,
    peers: flags.peers,
    rounds: flags.rounds ?? measure.rounds,
    warmup: flags.warmup ?? measure.warmup,
    tell: teller(io),
  };
  const load = loadBefore(options.tell);
  return tellReport(await measure.run(options), load, flags.json, io);
}

function tellReport({ results, rows }: Measured, load: number, json: boolean | undefined, io: Io): number {
  const report: Report = { machine: machine(results, load), rows, ratios: ratios(rows) };
  io.stdout.write(`${json === true ? JSON.stringify(report, null, 2) : table(report)}\n`);
  return results.some(({ entry, notMeasured }) => entry.who === 'ours' && notMeasured?.lacking === false) ? 1 : 0;
}

function teller(io: Io): (text: string) => void {
  return (text) => void io.stderr.write(`${text}\n`);
}

function loadBefore(tell: (text: string) => void): number {
  const load = loadavg()[0]!;
  if (load > availableParallelism() / 4) tell(busy(load));
  return load;
}

function busy(load: number): string {
  return `The machine has other work (load ${load.toFixed(1)} on ${availableParallelism()} cores): a quiet one gives other numbers, above all for PyTorch.`;
}

function parsePeers(text: string): readonly Peer[] {
  return text === 'none' ? [] : oneOf(Object.keys(PEERS) as Peer[])(text);
}

function oneOf<T extends string>(known: readonly T[]): (text: string) => readonly T[] {
  return (text) =>
    text.split(',').map((word) => {
      const found = known.find((one) => one === word.trim());
      if (found === undefined) throw new InvalidArgumentError(`Expected ${known.join(', ')}; found "${word}".`);
      return found;
    });
}

function count(least: number): (text: string) => number {
  return (text) => {
    if (/^\d+$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`Expected a whole number from ${least} up; found "${text}".`);
  };
}
