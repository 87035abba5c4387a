import { totalmem } from 'node:os';
import type { Problem } from '../../support/problem.js';
import type { Failure } from '../failure.js';

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
  const problem = death.signal === 'SIGKILL' ? killed(death) : crashed(death);
  const printed = death.output.length === 0 ? '' : `\nLast output of its process:\n${death.output.join('\n')}`;
  return { status: 'failed', problems: [{ ...problem, message: problem.message + printed }] };
}

function killed({ stage, peakBytes }: Death): Problem {
  const used =
    peakBytes === undefined
      ? ''
      : ` It had used up to ${gigabytes(peakBytes)} of this machine’s ${gigabytes(totalmem())}.`;
  return {
    code: 'stage-killed',
    message: `The process of stage "${stage}" was killed, most likely because memory ran out.${used}`,
    cure: 'Give the same command again to go on from what was saved. If it happens again, lower dataset.batch_size, dataset.image_size or generator.width, or close other programs.',
  };
}

function crashed({ stage, signal, exitCode }: Death): Problem {
  const how = signal === undefined ? `ended with code ${exitCode ?? 'unknown'}` : `crashed (${signal})`;
  return {
    code: 'stage-crashed',
    message: `The process of stage "${stage}" ${how} without a result.`,
    cure: 'Give the same command again to go on from what was saved; `runner doctor` checks the engine.',
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
