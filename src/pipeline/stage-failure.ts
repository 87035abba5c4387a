import { fileProblem } from '../support/file-problem.js';
import { type Problem, ProblemError } from '../support/problem.js';
import { MEMORY_CURE, saysOutOfMemory } from './out-of-memory.js';

/** Why something did not come to its end; `bug` is a stack trace, where it was not the user's or the world's fault. */
export interface Failure {
  readonly status: 'failed';
  readonly problems: readonly Problem[];
  readonly bug?: string;
}

/** What a thrown error means to a person. @param what whose error it is: `Stage "train"` */
export function failureOf(error: unknown, what: string): Failure {
  if (error instanceof ProblemError) return { status: 'failed', problems: error.problems };
  const foreseen = fileProblem(error, what) ?? outOfMemory(error, what);
  if (foreseen !== undefined) return { status: 'failed', problems: [foreseen] };
  const told = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: 'failed',
    problems: [{ code: 'bug', message: `${what} stopped at an unexpected error: ${told}` }],
    bug: (error instanceof Error ? error.stack : undefined) ?? told,
  };
}

/** TensorFlow or another library could not get the memory for something; the process lives, unlike when the system kills it. */
function outOfMemory(error: unknown, what: string): Problem | undefined {
  if (!(error instanceof Error) || !saysOutOfMemory(error.message)) return undefined;
  const shape = /tensor with shape\s*\[([\d,\s]+)\]/.exec(error.message)?.[1];
  return {
    code: 'out-of-memory',
    message: `${what} asked for more memory than there is${shape === undefined ? '' : `, for a tensor of [${shape}]`}.`,
    cure: MEMORY_CURE,
  };
}
