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

/** Characters of a text that are worth reading: the last ones. */
const MOST_TEXT = 4000;

export interface Wait<T> {
  /** Milliseconds; one of {@link WITHIN}. */
  readonly within: number;
  /** What there is to see now; part of the failure's message. What it throws ends the wait. */
  readonly look: () => T | Promise<T>;
  /** Whether that is what is waited for. */
  readonly is: (seen: T) => boolean;
  /** Whether it can come no more, such as because the process has ended: the wait fails at once. */
  readonly unless?: () => boolean;
  /** Milliseconds between two looks. */
  readonly every?: number;
}

/**
 * Waits for something that another process does. The only wait that tests use.
 *
 * @param what is waited for, as a noun: `the second checkpoint`
 * @returns what was seen when it had come
 * @throws Error which names what was waited for, how long, and what was seen last
 */
export async function until<T>(what: string, { within, look, is, unless, every = 20 }: Wait<T>): Promise<T> {
  const began = performance.now();
  for (;;) {
    // Asked before the look: what comes just before the end is still seen.
    const isOver = unless?.() === true;
    const seen = await look();
    if (is(seen)) return seen;
    const waited = performance.now() - began;
    if (isOver || waited > within) {
      const why = isOver ? 'It can come no more' : `The bound was ${seconds(within)}`;
      throw new Error(`Waited ${seconds(waited)} in vain for ${what}. ${why}. Seen last:\n${told(seen)}`);
    }
    await sleep(every);
  }
}

/** Waits for a file or a folder. */
export async function untilThere(path: string, within: number = WITHIN.process): Promise<void> {
  const look = () => readdir(dirname(path)).catch((error: unknown) => String(error));
  await until(path, { within, look, is: (seen) => typeof seen !== 'string' && seen.includes(basename(path)) });
}

function told(seen: unknown): string {
  const text = typeof seen === 'string' ? seen : inspect(seen, { depth: 5, breakLength: 120 });
  return text.length > MOST_TEXT ? `… ${text.slice(-MOST_TEXT)}` : text;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
