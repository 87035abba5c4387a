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

/** What to tell when something does not fit. @param what `horse2zebra.zip (117 MB)` */
export function noRoom(
  what: string,
  where: { readonly dir: string; readonly need: number; readonly free: number },
): Problem {
  return {
    code: 'disk-full',
    message: `There is no room for ${what}: it needs ${formatBytes(where.need)} and ${formatBytes(where.free)} are free in ${where.dir}.`,
    cure: 'Make room and give the same command again, or choose another place for the cache: XDG_CACHE_HOME=DIR.',
  };
}
