import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-core';
import { ProblemError, type Problem } from '../../../src/support/problem.js';

export const values = (x: Tensor): number[] => Array.from(x.dataSync());

/** The prefix of a checkpoint in a folder that goes with the test. */
export function temporaryPrefix(t: TestContext, name = 'model'): string {
  const dir = mkdtempSync(join(tmpdir(), 'graph-test-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, name);
}

/** The one problem that `f` throws. */
export function problemOf(f: () => unknown): Problem {
  try {
    f();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    assert.equal(error.problems.length, 1);
    return error.problems[0]!;
  }
  return assert.fail('nothing was thrown');
}
