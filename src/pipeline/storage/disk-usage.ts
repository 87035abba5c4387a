import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';

/** The unit of `st_blocks`, whatever a file system's own blocks are. */
const BLOCK = 512;
/** Files inspected concurrently. */
const WIDTH = 64;

/** The disk usage of a file or folder in bytes, links not followed; 0 if it does not exist. */
export async function bytesOnDisk(path: string): Promise<number> {
  const own = await lstat(path).catch(gone);
  if (own === undefined) return 0;
  let bytes = own.blocks * BLOCK;
  if (!own.isDirectory()) return bytes;
  let pending: Promise<number>[] = [];
  try {
    for await (const entry of await opendir(path)) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) bytes += await bytesOnDisk(inside);
      else pending.push(bytesOnDisk(inside));
      if (pending.length < WIDTH) continue;
      bytes += sum(await Promise.all(pending));
      pending = [];
    }
  } catch (error) {
    gone(error);
  }
  return bytes + sum(await Promise.all(pending));
}

/** A file removed meanwhile takes no space. */
function gone(error: unknown): undefined {
  if (errorCode(error) !== 'ENOENT') throw error;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
