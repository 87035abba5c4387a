import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTest } from './run-test.mjs';

/** @typedef {import('./find.mjs').Mutant} Mutant */
/**
 * `untested`: no test of its own comes there. One that never ends is noticed, so `timed out` counts as caught.
 *
 * @typedef {'caught' | 'timed out' | 'survived' | 'untested'} Fate
 * @typedef {{ readonly mutant: Mutant, readonly fate: Fate }} Result
 */

/** Shorter than this is no sign of a test that hangs, however quick it is without a fault: the machine may be busy. */
const LEAST_MS = 30_000;

/**
 * Puts a mutant into the workspace, runs its tests until one fails, and takes it out again.
 *
 * @param {import('./workspace.mjs').Workspace} workspace
 * @param {Mutant} mutant
 * @param {readonly string[]} tests
 * @param {ReadonlyMap<string, import('./tests.mjs').TestTime>} times
 * @returns {Promise<Result>}
 */
export async function tryMutant(workspace, mutant, tests, times) {
  const { compiled, start, end, after } = mutant;
  // The quick ones first: any of them may notice it.
  const able = tests
    .filter((test) => times.get(test)?.reaches(compiled, start))
    .sort((a, b) => (times.get(a)?.ms ?? 0) - (times.get(b)?.ms ?? 0));
  if (able.length === 0) return { mutant, fate: 'untested' };
  const file = join(workspace.dir, compiled);
  const script = readFileSync(file, 'utf8');
  writeFileSync(file, script.slice(0, start) + after + script.slice(end));
  try {
    for (const test of able) {
      const outcome = await runTest(workspace, test, Math.max(LEAST_MS, 5 * (times.get(test)?.ms ?? 0)));
      if (outcome !== 'passed') return { mutant, fate: outcome === 'failed' ? 'caught' : 'timed out' };
    }
    return { mutant, fate: 'survived' };
  } finally {
    writeFileSync(file, script);
  }
}
