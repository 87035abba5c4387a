import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ProblemError, type Problem } from '../../../src/support/problem.js';

export const IMPATIENT = { connect: 1000, stall: 300, tries: 2, pause: 5, longest: 1000 };

/** A cache folder of the test's own. @returns the library in it */
export function ownCache(t: TestContext): string {
  const before = process.env['XDG_CACHE_HOME'];
  const cache = mkdtempSync(join(tmpdir(), 'runner-cache-'));
  process.env['XDG_CACHE_HOME'] = cache;
  t.after(() => {
    if (before === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = before;
    rmSync(cache, { recursive: true, force: true });
  });
  return join(cache, 'cyclegan-runner', 'datasets');
}

/** Everything of the library that takes room: files below it, without locks' empty folders. */
export function filesIn(library: string): string[] {
  if (!existsSync(library)) return [];
  return readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(library.length + 1))
    .sort();
}

export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.then(
    () => new Error('it went well'),
    (error: unknown) => error,
  );
  if (!(error instanceof ProblemError)) throw error;
  return error.problems[0]!;
}
