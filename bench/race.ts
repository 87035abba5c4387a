import { freemem } from 'node:os';
import { Contestant, ContestantDeclined, ContestantFailed, type Command } from './contestant.js';
import type { Case } from './cases.js';
import { GpuMemory } from './gpu-memory.js';
import type { Facts, Precision } from './protocol.js';

/** A contestant of a race, and its work in each round. */
export interface Entry {
  /** `ours`, `pytorch`, `tensorflow`. */
  readonly who: string;
  readonly what: string;
  readonly case: Case;
  readonly precision: Precision;
  /** The command that starts it, or why it cannot start. */
  readonly command: Command | { readonly missing: string };
  /** The action that does the work once, and the number of units (images, batches) in it. */
  readonly action: string;
  readonly units: number;
  /** Approximate memory in bytes. */
  readonly memory: number;
}

export interface Result {
  readonly entry: Entry;
  /** Seconds per unit, by round. */
  readonly seconds: readonly number[];
  readonly startupSeconds?: number;
  readonly peakMb?: number;
  /** Memory on a GPU, in MB of 10^6 bytes, if it computes on one. */
  readonly gpuMb?: number;
  /** How many operations a step runs, and how many numbers the kernels of all convolutions have. */
  readonly launches?: number | null;
  readonly weights?: number | null;
  readonly facts: Facts;
  /** Why there is no complete result; `isSkipped` if it was not started. */
  readonly notMeasured?: { readonly why: string; readonly isSkipped: boolean };
}

export interface Race {
  readonly warmup: number;
  readonly rounds: number;
  /** Whether contestants count the operations of a step, after the rounds. */
  readonly countsLaunches?: boolean;
  /** Receives progress messages. */
  readonly log: (text: string) => void;
}

/**
 * Times all entries in turns: each is started and warmed up while the others wait, then every round times each once. So all run under the
 * same conditions of the machine, and only one works at a time. An entry that fails is left out from then on.
 */
export async function race(entries: readonly Entry[], options: Race): Promise<readonly Result[]> {
  const { warmup, rounds, countsLaunches = false, log } = options;
  const runners = entries.map((entry) => new Runner(entry, log));
  try {
    for (const runner of runners) await runner.start(warmup);
    for (let round = 1; round <= rounds; round++) {
      for (const runner of runners) await runner.time(round, rounds);
    }
    for (const runner of runners) await runner.end(countsLaunches);
  } finally {
    await Promise.all(runners.map((runner) => runner.kill()));
  }
  return runners.map((runner) => runner.result());
}

/** The result of timing starts: `seconds` until it was ready; `firstSeconds` of the first work after that. */
export interface StartResult extends Result {
  readonly firstSeconds: readonly number[];
}

/** Times the starts of all entries in turns: every round starts each, runs its work once and ends it. */
export async function raceStarts(
  entries: readonly Entry[],
  { warmup, rounds, log }: Race,
): Promise<readonly StartResult[]> {
  const all = entries.map((): Result[] => []);
  for (let round = 1 - warmup; round <= rounds; round++) {
    for (const [index, results] of all.entries()) {
      if (results.at(-1)?.notMeasured !== undefined) continue;
      results.push(await startOnce(entries[index]!, round, rounds, log));
    }
  }
  return all.map((results) => {
    const timed = results.slice(warmup).filter(({ notMeasured }) => notMeasured === undefined);
    const seconds = timed.map(({ startupSeconds }) => startupSeconds!);
    return { ...results.at(-1)!, seconds, firstSeconds: timed.map((result) => result.seconds[0]!) };
  });
}

async function startOnce(entry: Entry, round: number, rounds: number, log: Race['log']): Promise<Result> {
  const runner = new Runner(entry, log);
  try {
    await runner.start(0);
    await runner.time(round, rounds);
    await runner.end(false);
  } finally {
    await runner.kill();
  }
  return runner.result();
}

/** The state of one entry in a race. */
class Runner {
  #contestant: Contestant | undefined;
  readonly #seconds: number[] = [];
  #details: Partial<Result> = {};
  readonly #gpu = new GpuMemory();

  constructor(
    private readonly entry: Entry,
    private readonly log: (text: string) => void,
  ) {}

  async start(warmup: number): Promise<void> {
    const { command, memory } = this.entry;
    if ('missing' in command) return this.skip(command.missing, true);
    const free = availableMemory();
    if (free < memory) return this.skip(`it needs about ${gb(memory)} of memory, and ${gb(free)} are free`, true);
    this.report('starts');
    await this.attempt(async () => {
      await this.#gpu.begin();
      const contestant = await Contestant.start(command);
      const { startupSeconds, facts, weights } = contestant;
      this.#contestant = contestant;
      this.#details = { startupSeconds, facts, weights };
      this.report(`ready after ${startupSeconds.toFixed(1)} s`);
      for (let i = 0; i < warmup; i++) await contestant.time(this.entry.action);
      await this.sampleGpu(contestant, true);
    });
  }

  async time(round: number, rounds: number): Promise<void> {
    const contestant = this.#contestant;
    if (contestant === undefined) return;
    await this.attempt(async () => {
      const seconds = (await contestant.time(this.entry.action)) / this.entry.units;
      this.#seconds.push(seconds);
      const which = round < 1 ? 'warm-up' : `round ${round}/${rounds}`;
      this.report(`${which}: ${seconds.toPrecision(4)} s`);
    });
  }

  async end(countsLaunches: boolean): Promise<void> {
    const contestant = this.#contestant;
    if (contestant === undefined) return;
    await this.attempt(async () => {
      // Before the launches are counted: that takes memory of its own.
      await this.sampleGpu(contestant, false);
      const launches = countsLaunches ? await contestant.launches() : null;
      this.#details = { ...this.#details, launches, peakMb: await contestant.end() };
    });
    this.#contestant = undefined;
  }

  private async sampleGpu({ facts, pid }: Contestant, alone: boolean): Promise<void> {
    if (pid === undefined || facts['device'] === undefined || facts['device'] === 'cpu') return;
    await this.#gpu.sample(pid, alone);
    const { peakMb } = this.#gpu;
    if (peakMb !== undefined) this.#details = { ...this.#details, gpuMb: peakMb };
  }

  async kill(): Promise<void> {
    await this.#contestant?.kill();
    this.#contestant = undefined;
  }

  result(): Result {
    return { entry: this.entry, seconds: this.#seconds, facts: {}, ...this.#details };
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ContestantFailed)) throw error;
      await this.kill();
      this.skip(error.message, error instanceof ContestantDeclined);
    }
  }

  private skip(why: string, isSkipped: boolean): void {
    this.#details = { ...this.#details, notMeasured: { why, isSkipped } };
    this.report(`not measured: ${why}`);
  }

  private report(text: string): void {
    const { who, what, precision } = this.entry;
    this.log(`${this.entry.case.name} ${precision} ${what}: ${who} ${text}`);
  }
}

/** Free memory in bytes; that of the container, if Node reports it. */
function availableMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return Math.min(freemem(), availableMemory?.call(process) ?? Infinity);
}

const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
