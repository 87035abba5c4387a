import { totalmem } from 'node:os';
import type { Problem } from '../../support/problem.js';
import type { Failure } from '../stage-failure.js';
import { MEMORY_CURE, isOutOfMemory } from '../out-of-memory.js';

export interface ProcessExit {
  /** Of the process: `The process of stage "train"`. */
  readonly title: string;
  /** What to do where memory ran out; by default, what helps a stage. */
  readonly memoryCure?: string;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly peakBytes?: number;
  /** The last lines that the process printed. */
  readonly output: readonly string[];
}

/** Explains how a process ended without a result. Its saved work still exists. */
export function processFailure(exit: ProcessExit): Failure {
  const problem = problemOf(exit);
  const printed = exit.output.length === 0 ? '' : `\nLast output of its process:\n${exit.output.join('\n')}`;
  return { status: 'failed', problems: [{ ...problem, message: problem.message + printed }] };
}

function problemOf(exit: ProcessExit): Problem {
  if (exit.signal === 'SIGKILL') return outOfMemory(exit, 'was killed, most likely because memory ran out');
  // A library without memory usually calls abort().
  if (exit.output.some(isOutOfMemory)) return outOfMemory(exit, `${howEnded(exit)} because memory ran out`);
  return crashed(exit);
}

function outOfMemory({ title, peakBytes, memoryCure = MEMORY_CURE }: ProcessExit, how: string): Problem {
  const used =
    peakBytes === undefined
      ? ''
      : ` It had used up to ${gigabytes(peakBytes)} of this machine’s ${gigabytes(totalmem())}.`;
  return {
    code: 'stage-killed',
    message: `${title} ${how}.${used}`,
    cure: `Give the same command again to go on from what was saved. If it happens again: ${memoryCure[0]!.toLowerCase()}${memoryCure.slice(1)}`,
  };
}

function crashed(exit: ProcessExit): Problem {
  return {
    code: 'stage-crashed',
    message: `${exit.title} ${howEnded(exit)} without a result.`,
    cure: 'Give the same command again to go on from what was saved; `runner doctor` checks the engine.',
  };
}

function howEnded({ signal, exitCode }: ProcessExit): string {
  return signal === undefined ? `ended with code ${exitCode ?? 'unknown'}` : `crashed (${signal})`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
