import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from './bytes.js';
import type { Problem } from './problem.js';

/** Bytes that may still be written below a folder (which need not exist yet); `undefined` where the file system does not say. */
export async function freeBytes(dir: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    const parent = dirname(dir);
    return parent === dir ? undefined : freeBytes(parent);
  }
}

/** Where something does not fit; how many bytes, where that is known before it is tried. */
export type Where = { readonly dir: string } & (
  { readonly need: number; readonly free: number } | { readonly need?: never }
);

/**
 * What to tell when something does not fit.
 *
 * @param what `the download`
 * @param otherwise what else helps than to make room
 */
export function noRoom(what: string, where: Where, otherwise = ANOTHER_CACHE): Problem {
  return {
    code: 'disk-full',
    message:
      where.need === undefined
        ? `There is no room left for ${what} in ${where.dir}.`
        : `There is no room for ${what}: it needs ${formatBytes(where.need)} and ${formatBytes(where.free)} are free in ${where.dir}.`,
    cure: `Make room and give the same command again, or ${otherwise}.`,
  };
}

const ANOTHER_CACHE = 'choose another place for the cache: XDG_CACHE_HOME=DIR';
