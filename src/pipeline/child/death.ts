import { totalmem } from 'node:os';
import type { Problem } from '../../support/problem.js';
import type { Failure } from '../stage-failure.js';
import { MEMORY_CURE, saysOutOfMemory } from '../out-of-memory.js';

export interface Death {
  readonly stage: string;
  readonly signal?: string;
  readonly exitCode?: number;
  readonly peakBytes?: number;
  /** The last lines that the process printed. */
  readonly output: readonly string[];
}

/** A process that ended without a result, in words. What it had saved is still there. */
export function deathOf(death: Death): Failure {
  const problem = problemOf(death);
  const printed = death.output.length === 0 ? '' : `\nLast output of its process:\n${death.output.join('\n')}`;
  return { status: 'failed', problems: [{ ...problem, message: problem.message + printed }] };
}

function problemOf(death: Death): Problem {
  if (death.signal === 'SIGKILL') return ranOut(death, 'was killed, most likely because memory ran out');
  // A library that gets no memory ends its process: by abort(), mostly.
  if (death.output.some(saysOutOfMemory)) return ranOut(death, `${howEnded(death)} because memory ran out`);
  return crashed(death);
}

function ranOut({ stage, peakBytes }: Death, how: string): Problem {
  const used =
    peakBytes === undefined
      ? ''
      : ` It had used up to ${gigabytes(peakBytes)} of this machine’s ${gigabytes(totalmem())}.`;
  return {
    code: 'stage-killed',
    message: `The process of stage "${stage}" ${how}.${used}`,
    cure: `Give the same command again to go on from what was saved. If it happens again: ${MEMORY_CURE[0]!.toLowerCase()}${MEMORY_CURE.slice(1)}`,
  };
}

function crashed(death: Death): Problem {
  return {
    code: 'stage-crashed',
    message: `The process of stage "${death.stage}" ${howEnded(death)} without a result.`,
    cure: 'Give the same command again to go on from what was saved; `runner doctor` checks the engine.',
  };
}

function howEnded({ signal, exitCode }: Death): string {
  return signal === undefined ? `ended with code ${exitCode ?? 'unknown'}` : `crashed (${signal})`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
