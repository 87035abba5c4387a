import { fileProblem } from '../support/file-problem.js';
import { type Problem, ProblemError } from '../support/problem.js';
import { MEMORY_CURE, isOutOfMemory } from './out-of-memory.js';

/** Why something failed; `bug` is a stack trace, if neither the user nor the system caused it. */
export interface Failure {
  readonly status: 'failed';
  readonly problems: readonly Problem[];
  readonly bug?: string;
}

/**
 * Explains a thrown error.
 *
 * @param what the subject of the message: `Stage "train"`
 * @param memoryCure what to do where memory ran out
 */
export function failureOf(error: unknown, what: string, memoryCure = MEMORY_CURE): Failure {
  if (error instanceof ProblemError) return { status: 'failed', problems: error.problems };
  const foreseen = fileProblem(error, what) ?? outOfMemory(error, what, memoryCure);
  if (foreseen !== undefined) return { status: 'failed', problems: [foreseen] };
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: 'failed',
    problems: [{ code: 'bug', message: `${what} stopped at an unexpected error: ${text}` }],
    bug: (error instanceof Error ? error.stack : undefined) ?? text,
  };
}

/** A failed allocation of TensorFlow or another library; the process is still alive, unlike when the system kills it. */
function outOfMemory(error: unknown, what: string, cure: string): Problem | undefined {
  if (!(error instanceof Error) || !isOutOfMemory(error.message)) return undefined;
  const shape = /tensor with shape\s*\[([\d,\s]+)\]/.exec(error.message)?.[1];
  return {
    code: 'out-of-memory',
    message: `${what} asked for more memory than there is${shape === undefined ? '' : `, for a tensor of [${shape}]`}.`,
    cure,
  };
}
