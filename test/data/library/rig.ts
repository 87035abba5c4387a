import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
export { problemOf } from '../../problem-of.js';

export const FAST_RETRIES = { connect: 1000, stall: 300, attempts: 2, pause: 5, maxPause: 1000 };

/** A cache folder for this test. @returns the library in it */
export function temporaryCache(t: TestContext): string {
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

/** The files of the library, without the empty folders of locks. */
export function filesIn(library: string): string[] {
  if (!existsSync(library)) return [];
  return readdirSync(library, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(library.length + 1))
    .sort();
}
