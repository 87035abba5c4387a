import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { ProblemError, type Problem } from '../../../src/support/problem.js';

export const values = (x: Tensor): number[] => Array.from(x.dataSync());

/**
 * Loads TensorFlow for tests of bfloat16. `ONEDNN_MAX_CPU_ISA=AVX2` makes a processor with AVX-512 compute as one without, except that
 * TensorFlow still asks oneDNN for bfloat16, and is refused. On a processor without AVX-512 it takes its own kernels: so it is told to.
 */
export function loadForBfloat16(): Promise<unknown> {
  allowBfloat16();
  return loadTensorFlow();
}

/** The same for the processes that this one starts. */
export function allowBfloat16(): void {
  if (/^(sse41|avx|avx2|avx2_vnni)$/i.test(process.env['ONEDNN_MAX_CPU_ISA'] ?? '')) {
    process.env['TF_ENABLE_ONEDNN_OPTS'] = '0';
  }
}

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
