import { lstatSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { megabytes, say, SetupError } from './say.mjs';

/** The folder in which everything that checkouts share is kept. */
export function cacheFolder() {
  const base = process.env.XDG_CACHE_HOME ?? '';
  // The XDG specification says to ignore relative paths.
  return join(isAbsolute(base) ? base : join(homedir(), '.cache'), 'cyclegan-runner');
}

/** Engines, each complete: published by one rename. */
export const enginesFolder = () => join(cacheFolder(), 'engines');

/** Finished downloads of an engine that is not finished yet. */
export const downloadsFolder = () => join(cacheFolder(), 'downloads');

/** Where an engine is put together; swept at the start of the next one. */
export const workFolder = () => join(cacheFolder(), 'work');

/** Removes every engine and what is left of unfinished ones, and says what that frees. */
export async function removeEngines() {
  const { withSetupLock } = await import('./lock.mjs');
  await withSetupLock(async () => {
    const folders = [enginesFolder(), downloadsFolder(), workFolder()];
    const bytes = folders.reduce((sum, folder) => sum + sizeOf(folder), 0);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    say(
      bytes === 0
        ? `no engines in ${cacheFolder()}`
        : `removed the engines in ${cacheFolder()}; ${megabytes(bytes)} freed`,
    );
  });
}

/**
 * @param {number} bytes how much will be written
 * @param {string} what
 */
export function requireSpace(bytes, what) {
  const { bavail, bsize } = statfsSync(cacheFolder());
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new SetupError(
    `${what} needs ${megabytes(bytes)} of disk space; ${megabytes(free)} are free at ${cacheFolder()}.`,
    'Free some space, or set XDG_CACHE_HOME to a folder on a larger disk.',
  );
}

/**
 * Turns the file system's refusals at the cache into a sentence; leaves other errors as they are.
 * @param {unknown} error
 * @param {string} path
 */
export function explainCacheError(error, path) {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EDQUOT'].includes(code))
    return error;
  return new SetupError(
    `cannot write ${path} (${code}).`,
    'Make the folder writable, or set XDG_CACHE_HOME to a folder that is, with 3 GB free.',
  );
}

/**
 * The size in bytes of everything in a folder; 0 when there is none.
 * @param {string} path
 * @returns {number}
 */
export function sizeOf(path) {
  try {
    const stat = lstatSync(path);
    if (!stat.isDirectory()) return stat.size;
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
  } catch {
    return 0;
  }
}
