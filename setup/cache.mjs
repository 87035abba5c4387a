import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.cjs';
import { explainRefusal } from './refusal.mjs';
import { megabytes, SetupError } from './say.mjs';

/** Finished downloads of an engine that is not finished yet. */
export const downloadsFolder = () => join(cacheFolder(), 'downloads');

/** Where an engine is built; emptied at the start of the next build. */
export const workFolder = () => join(cacheFolder(), 'work');

/** The lock for set-ups that write to the cache. */
export const engineLock = () => join(cacheFolder(), 'setup.lock');

/**
 * @param {number} bytes how much will be written
 * @param {string} what
 */
export function requireSpace(bytes, what) {
  requireSpaceIn(cacheFolder(), bytes, what, ANOTHER);
}

/** @param {string} folder @param {number} bytes how much will be written @param {string} what @param {string} otherwise what else helps than to free some space */
export function requireSpaceIn(folder, bytes, what, otherwise) {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new SetupError(
    `${what} needs ${megabytes(bytes)} of disk space; ${megabytes(free)} are free at ${folder}.`,
    `Free some space, or ${otherwise}.`,
  );
}

const ANOTHER = 'set XDG_CACHE_HOME to a folder on a larger disk';

/**
 * Explains permission and space errors of the cache; returns other errors unchanged.
 * @param {unknown} error
 * @param {string} path
 */
export function explainCacheError(error, path) {
  return explainRefusal(
    error,
    path,
    'Make the folder writable, or set XDG_CACHE_HOME to a folder that is, with 3 GB free.',
  );
}

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export async function withCacheErrors(work) {
  try {
    return await work();
  } catch (error) {
    throw explainCacheError(error, cacheFolder());
  }
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
