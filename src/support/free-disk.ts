import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatBytes } from './bytes.js';
import type { Problem } from './problem.js';

/** Free bytes at a folder, which need not exist yet; `undefined` if the file system does not report it. */
export async function freeBytes(dir: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize;
  } catch {
    const parent = dirname(dir);
    return parent === dir ? undefined : freeBytes(parent);
  }
}

/** A folder without enough space, and the sizes if known in advance. */
export type FullDisk = { readonly dir: string } & (
  { readonly need: number; readonly free: number } | { readonly need?: never }
);

/**
 * The problem for something that does not fit on the disk.
 *
 * @param what `the download`
 * @param otherwise another cure than to free space
 */
export function notEnoughSpace(what: string, where: FullDisk, otherwise = ANOTHER_CACHE): Problem {
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
