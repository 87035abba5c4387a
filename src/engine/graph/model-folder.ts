import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFullCode } from '../../support/disk-full.js';
import { ProblemError } from '../../support/problem.js';

const PREFIX = 'cyclegan-runner-graph-';
const DAY = 24 * 60 * 60 * 1000;
let swept = false;

/**
 * Gives `f` a temporary folder, which is gone afterwards.
 *
 * @throws ProblemError `disk-full`
 */
export function withModelFolder<T>(f: (dir: string) => T): T {
  const parent = tmpdir();
  if (!swept) sweepModelFolders(parent, Date.now() - DAY);
  swept = true;
  let dir: string | undefined;
  try {
    dir = mkdtempSync(join(parent, PREFIX));
    return f(dir);
  } catch (error) {
    if (diskFullCode(error) === undefined) throw error;
    throw new ProblemError({
      code: 'disk-full',
      message: `The graph could not be written to the folder for temporary files, ${parent}: the disk is full.`,
      cure: 'Free space there, or set TMPDIR to a folder with more.',
    });
  } finally {
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
  }
}

/** Removes what processes left in `parent` that were killed before the time `before` (ms) while they loaded a graph. */
export function sweepModelFolders(parent: string, before: number): void {
  const left = attempt(() => readdirSync(parent)) ?? [];
  for (const name of left.filter((name) => name.startsWith(PREFIX))) {
    const dir = join(parent, name);
    // Others may sweep too, and what belongs to somebody else stays.
    attempt(() => {
      if (statSync(dir).mtimeMs < before) rmSync(dir, { recursive: true });
    });
  }
}

function attempt<T>(f: () => T): T | undefined {
  try {
    return f();
  } catch {
    return undefined;
  }
}
