import { freemem } from 'node:os';
import { Contestant, ContestantFailed, type Command } from './contestant.js';
import type { Case } from './cases.js';
import type { Facts, Precision } from './protocol.js';

/** Who takes part, and what is asked of it in each round. */
export interface Entry {
  /** `ours`, `pytorch`, `tensorflow`. */
  readonly who: string;
  readonly what: string;
  readonly case: Case;
  readonly precision: Precision;
  /** How it is started, or why it cannot be. */
  readonly command: Command | { readonly missing: string };
  /** The word that has it do the work once; how many units (images, batches) of it that is. */
  readonly word: string;
  readonly units: number;
  /** About what it takes, in bytes. */
  readonly memory: number;
}

export interface Result {
  readonly entry: Entry;
  /** Seconds a unit, by round. */
  readonly seconds: readonly number[];
  readonly startupSeconds?: number;
  readonly peakMb?: number;
  readonly facts: Facts;
  /** Why there is nothing, or not all of it; `lacking` where it was not even tried. */
  readonly notMeasured?: { readonly why: string; readonly lacking: boolean };
}

export interface Race {
  readonly warmup: number;
  readonly rounds: number;
  /** Told what goes on, for people. */
  readonly tell: (text: string) => void;
}

/**
 * Times all entries in turns: each is started and warmed up while the others wait, then every round asks each of them once. So all
 * meet the same moods of the machine, and only one works at a time. One that fails is left out from there on.
 */
export async function race(entries: readonly Entry[], { warmup, rounds, tell }: Race): Promise<readonly Result[]> {
  const runners = entries.map((entry) => new Runner(entry, tell));
  try {
    for (const runner of runners) await runner.start(warmup);
    for (let round = 1; round <= rounds; round++) {
      for (const runner of runners) await runner.go(round, rounds);
    }
    for (const runner of runners) await runner.end();
  } finally {
    await Promise.all(runners.map((runner) => runner.kill()));
  }
  return runners.map((runner) => runner.result());
}

/** What a start leaves: `seconds` are those until it was ready; `firstSeconds` those of the work that it then did once. */
export interface Start extends Result {
  readonly firstSeconds: readonly number[];
}

/** Times the starts of all entries in turns: in every round each is started, does its work once and ends. */
export async function raceStarts(entries: readonly Entry[], { warmup, rounds, tell }: Race): Promise<readonly Start[]> {
  const all = entries.map((): Result[] => []);
  for (let round = 1 - warmup; round <= rounds; round++) {
    for (const [index, results] of all.entries()) {
      if (results.at(-1)?.notMeasured !== undefined) continue;
      results.push(await startOnce(entries[index]!, round, rounds, tell));
    }
  }
  return all.map((results) => {
    const timed = results.slice(warmup).filter(({ notMeasured }) => notMeasured === undefined);
    const seconds = timed.map(({ startupSeconds }) => startupSeconds!);
    return { ...results.at(-1)!, seconds, firstSeconds: timed.map((result) => result.seconds[0]!) };
  });
}

async function startOnce(entry: Entry, round: number, rounds: number, tell: Race['tell']): Promise<Result> {
  const runner = new Runner(entry, tell);
  try {
    await runner.start(0);
    await runner.go(round, rounds);
    await runner.end();
  } finally {
    await runner.kill();
  }
  return runner.result();
}

/** One entry's way through a race. */
class Runner {
  #contestant: Contestant | undefined;
  readonly #seconds: number[] = [];
  #known: Partial<Result> = {};

  constructor(
    private readonly entry: Entry,
    private readonly tell: (text: string) => void,
  ) {}

  async start(warmup: number): Promise<void> {
    const { command, memory } = this.entry;
    if ('missing' in command) return this.leave(command.missing, true);
    const free = availableMemory();
    if (free < memory) return this.leave(`it takes about ${gb(memory)} of memory, and ${gb(free)} are free`, true);
    this.say('starts');
    await this.attempt(async () => {
      const contestant = await Contestant.start(command);
      this.#contestant = contestant;
      this.#known = { startupSeconds: contestant.startupSeconds, facts: contestant.facts };
      this.say(`ready after ${contestant.startupSeconds.toFixed(1)} s`);
      for (let i = 0; i < warmup; i++) await contestant.time(this.entry.word);
    });
  }

  async go(round: number, rounds: number): Promise<void> {
    const contestant = this.#contestant;
    if (contestant === undefined) return;
    await this.attempt(async () => {
      const seconds = (await contestant.time(this.entry.word)) / this.entry.units;
      this.#seconds.push(seconds);
      const which = round < 1 ? 'warm-up' : `round ${round}/${rounds}`;
      this.say(`${which}: ${seconds.toPrecision(4)} s`);
    });
  }

  async end(): Promise<void> {
    const contestant = this.#contestant;
    if (contestant === undefined) return;
    await this.attempt(async () => {
      this.#known = { ...this.#known, peakMb: await contestant.end() };
    });
    this.#contestant = undefined;
  }

  async kill(): Promise<void> {
    await this.#contestant?.kill();
    this.#contestant = undefined;
  }

  result(): Result {
    return { entry: this.entry, seconds: this.#seconds, facts: {}, ...this.#known };
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ContestantFailed)) throw error;
      await this.kill();
      this.leave(error.message, false);
    }
  }

  private leave(why: string, lacking: boolean): void {
    this.#known = { ...this.#known, notMeasured: { why, lacking } };
    this.say(`not measured: ${why}`);
  }

  private say(text: string): void {
    const { who, what, precision } = this.entry;
    this.tell(`${this.entry.case.name} ${precision} ${what}: ${who} ${text}`);
  }
}

/** What processes may still take, in bytes; of a container where there is one and Node tells. */
function availableMemory(): number {
  const { availableMemory } = process as { availableMemory?: () => number };
  return Math.min(freemem(), availableMemory?.call(process) ?? Infinity);
}

const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
