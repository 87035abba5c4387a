import assert from 'node:assert/strict';
import { ProblemError, type Problem } from '../src/support/problem.js';

/** The problem with which a promise must fail: the first of its ProblemError. Any other error fails the test, as success does. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.then(
    (value) => assert.fail(`it succeeded: ${String(value)}`),
    (error: unknown) => error,
  );
  if (!(error instanceof ProblemError)) throw error;
  return error.problems[0]!;
}
