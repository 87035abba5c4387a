import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { errorCode } from '../../support/files.js';
import { diskFullCode } from '../../support/disk-full.js';
import { ProblemError } from '../../support/problem.js';

const PREFIX = 'cyclegan-runner-graph-';
const DAY = 24 * 60 * 60 * 1000;
let swept = false;

/**
 * Calls `f` with a temporary folder, which is removed afterwards.
 *
 * @throws ProblemError `disk-full`, `no-temporary-folder`
 */
export function withModelFolder<T>(f: (dir: string) => T): T {
  const parent = resolve(tmpdir());
  if (!swept) sweepModelFolders(parent, Date.now() - DAY);
  swept = true;
  let dir: string | undefined;
  try {
    dir = makeFolderIn(parent);
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

/** The problem of the folder for temporary files, by the file system's code. */
const UNUSABLE: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'it is not a folder',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'its file system is read-only',
  ELOOP: 'its links form a loop',
  ENAMETOOLONG: 'its name is too long',
};

/** @throws ProblemError `no-temporary-folder` */
function makeFolderIn(parent: string): string {
  try {
    return mkdtempSync(join(parent, PREFIX));
  } catch (error) {
    const reason = UNUSABLE[errorCode(error) ?? ''];
    if (reason === undefined) throw error;
    throw new ProblemError({
      code: 'no-temporary-folder',
      message: `The folder for temporary files, ${parent}, cannot be used: ${reason} (${errorCode(error)}).`,
      cure: 'Set TMPDIR to a folder in which you may write, or unset it: then it is /tmp.',
    });
  }
}

/** Removes the folders in `parent` that killed processes left before the time `before` (ms). */
export function sweepModelFolders(parent: string, before: number): void {
  const left = attempt(() => readdirSync(parent)) ?? [];
  for (const name of left.filter((name) => name.startsWith(PREFIX))) {
    const dir = join(parent, name);
    // Other processes may remove them at the same time; folders of other users stay.
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
