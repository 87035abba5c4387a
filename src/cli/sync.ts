import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { typeOfEntry } from '../config/reference.js';
import { findRun, runNames } from '../pipeline/find-run.js';
import { runFile } from '../pipeline/paths.js';
import { catchUp } from '../pipeline/tracking/catch-up.js';
import { lagging, type UnsentRecords, type TrackedRun } from '../pipeline/tracking/tracker-feeds.js';
import { formatBytes } from '../support/bytes.js';
import { describeHolder, lockHolder } from '../support/lock.js';
import { ProblemError } from '../support/problem.js';
import { WorkScreen } from './console/work-screen.js';
import { interrupts } from './interrupts.js';
import type { ExitCode, Io } from './io.js';
import type { CommandFactory } from './command-factory.js';
import { paint } from './paint.js';
import { printProblems } from './print-problems.js';
import { trackedRun } from './tracked-run.js';

/** `runner sync [RUN...]`: sends missing data of runs to trackers. */
export const sync: CommandFactory = (io, exit) =>
  new Command('sync')
    .description('send trackers (TensorBoard, MLflow...) the data of runs that they missed')
    .argument('[run...]', 'names, prefixes of names, or folders of runs; by default all runs')
    .option('--runs <dir>', 'the folder of runs', 'runs')
    .action(async (runs: readonly string[], options: { runs: string }) =>
      exit(await syncRuns(runs, resolve(io.cwd, options.runs), io)),
    );

async function syncRuns(wanted: readonly string[], root: string, io: Io): Promise<ExitCode> {
  const found = await Promise.all(wanted.map((run) => findRun(run, root, io.cwd)));
  const problems = found.flatMap((one) => (one.ok ? [] : one.problems));
  if (problems.length > 0) {
    printProblems(problems, io);
    return 2;
  }
  const named = [...new Set(found.flatMap((one) => (one.ok ? [one.value] : [])))];
  // The config lists a run's trackers: a run without a config is skipped, unless it is named.
  const hasConfig = (dir: string) => existsSync(runFile.config(dir));
  const dirs = wanted.length > 0 ? named : (await runNames(root)).map((name) => join(root, name)).filter(hasConfig);
  if (dirs.length === 0) io.stdout.write(`There are no runs in ${root} yet.\n`);
  return syncAll(dirs, io);
}

/** In sequence, to limit the load of servers. */
async function syncAll(dirs: readonly string[], io: Io): Promise<ExitCode> {
  const { yellow } = paint(io.stdout, io.env);
  let code: ExitCode = 0;
  const signals = interrupts(() => io.stdout.write(`${yellow('Stopping. Unsent data stays in the journals.')}\n`));
  try {
    const stop = AbortSignal.any([signals.stop, signals.stopNow]);
    for (const dir of dirs) {
      if (stop.aborted) break;
      if (!(await syncOne(dir, stop, io))) code = 1;
    }
    return stop.aborted ? 130 : code;
  } finally {
    signals.dispose();
  }
}

/** @returns whether its trackers have everything that this process can send */
async function syncOne(dir: string, stop: AbortSignal, io: Io): Promise<boolean> {
  const screen = new WorkScreen(basename(dir), io);
  try {
    const run = await trackedRun(dir, io);
    const trackers = Object.entries(run.config.tracking)
      .filter(([name, options]) => run.components.tracker.has(typeOfEntry(name, options)))
      .map(([name]) => name);
    const before = await lagging(run);
    const following = follow(run, before, screen);
    const caught = await catchUp(run, {
      listen: (event) => event.kind === 'note' && screen.note(event.level, event.text),
      stop,
      thorough: true,
    }).finally(() => clearInterval(following));
    screen.close();
    tell(run, caught === undefined ? await busy(run) : outcomes(trackers, caught), io);
    return caught === undefined || caught.left.length === 0;
  } catch (error) {
    screen.close();
    if (!(error instanceof ProblemError)) throw error;
    printProblems(error.problems, io);
    return false;
  } finally {
    screen.close();
  }
}

const FOLLOW_MS = 500;

/** Shows how much of the journal has been sent. */
function follow(run: TrackedRun, before: readonly UnsentRecords[], screen: WorkScreen): NodeJS.Timeout {
  const total = bytesOf(before);
  const show = async () => {
    const done = Math.max(0, total - bytesOf(await lagging(run)));
    screen.progress({ unit: 'bytes', done, total });
  };
  return setInterval(() => void show().catch(() => undefined), FOLLOW_MS);
}

function bytesOf(lags: readonly UnsentRecords[]): number {
  return lags.reduce((sum, { lag }) => sum + (Number.isFinite(lag) ? lag : 0), 0);
}

function outcomes(trackers: readonly string[], caught: Record<'behind' | 'left', readonly UnsentRecords[]>): string[] {
  if (trackers.length === 0) return ['no trackers'];
  const of = (lags: readonly UnsentRecords[], name: string) => lags.find(({ tracker }) => tracker === name)?.lag ?? 0;
  return trackers.map((name) => {
    const [behind, left] = [of(caught.behind, name), of(caught.left, name)];
    if (behind === 0) return `${name}: up to date`;
    if (left === 0) return `${name}: ${formatBytes(behind)} of the journal sent`;
    return `${name}: still lacks ${Number.isFinite(left) ? `${formatBytes(left)} of the journal` : 'the journal'}`;
  });
}

async function busy({ runDir }: TrackedRun): Promise<string[]> {
  const holder = await lockHolder(runFile.lock(runDir));
  const who = holder === undefined ? 'a process that has just ended' : describeHolder(holder);
  return [`its own process feeds its trackers (${who})`];
}

function tell({ runName }: TrackedRun, words: readonly string[], io: Io): void {
  io.stdout.write(`${paint(io.stdout, io.env).bold(runName)}  ${words.join('; ')}\n`);
}
