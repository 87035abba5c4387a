import { readdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';

/** Bounds of waits in milliseconds, by who must act. A wait ends when its condition holds, so a generous bound costs nothing until a test fails. */
export const WITHIN = {
  /** A process on this machine: it starts in a second, or in half a minute beside eight others on two cores. */
  process: 2 * 60_000,
  /** A training, which builds its graph first. */
  training: 5 * 60_000,
  /** A server in Python, which imports for half a minute and rereads its files now and then, or a browser. */
  server: 5 * 60_000,
  /** A cluster: Slurm looks at time limits every half minute, and Ray takes a minute to notice that a process is gone. */
  cluster: 8 * 60_000,
  /** A whole command, with all of that. */
  command: 12 * 60_000,
} as const;

/** The last characters of a text that a message shows. */
const MOST_TEXT = 4000;

export interface Wait<T> {
  /** Milliseconds; one of {@link WITHIN}. */
  readonly within: number;
  /** Reads the current state, which the failure's message shows. An exception ends the wait. */
  readonly look: () => T | Promise<T>;
  /** Whether the state is the awaited one. */
  readonly is: (seen: T) => boolean;
  /** Whether it can no longer occur, such as because the process has ended: the wait fails at once. */
  readonly unless?: () => boolean;
  /** Milliseconds between two reads. */
  readonly every?: number;
}

/**
 * Waits for something that another process does. The only wait that tests use.
 *
 * @param what is waited for, as a noun: `the second checkpoint`
 * @returns the awaited state
 * @throws Error with the awaited state's name, the time, and the last state
 */
export async function until<T>(what: string, { within, look, is, unless, every = 20 }: Wait<T>): Promise<T> {
  const began = performance.now();
  for (;;) {
    // Checked before the read, so that a state just before the end is still seen.
    const isOver = unless?.() === true;
    const seen = await look();
    if (is(seen)) return seen;
    const waited = performance.now() - began;
    if (isOver || waited > within) {
      const why = isOver ? 'It can come no more' : `The bound was ${seconds(within)}`;
      throw new Error(`Waited ${seconds(waited)} in vain for ${what}. ${why}. Seen last:\n${formatState(seen)}`);
    }
    await sleep(every);
  }
}

/** Waits for a file or a folder. */
export async function untilThere(path: string, within: number = WITHIN.process): Promise<void> {
  const look = () => readdir(dirname(path)).catch((error: unknown) => String(error));
  await until(path, { within, look, is: (seen) => typeof seen !== 'string' && seen.includes(basename(path)) });
}

function formatState(seen: unknown): string {
  const text = typeof seen === 'string' ? seen : inspect(seen, { depth: 5, breakLength: 120 });
  return text.length > MOST_TEXT ? `… ${text.slice(-MOST_TEXT)}` : text;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
