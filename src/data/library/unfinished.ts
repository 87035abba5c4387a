import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireLock, lockHolder } from '../../support/lock.js';
import { downloadsFor, downloadsRoot, keyOfTemporary, lockFor, temporaries } from './places.js';

/** Something on the way into the library that no living process is at. */
export interface Unfinished {
  readonly path: string;
  /** When something was last written, in milliseconds since 1970. */
  readonly since: number;
  /** @returns `kept` when somebody has begun to work at it */
  remove(): Promise<'removed' | 'kept'>;
}

export interface UnfinishedDownload extends Unfinished {
  /** The file that has begun to come. */
  readonly file?: string;
}

/** Downloads that were broken off: the same command goes on with them. */
export async function downloads(): Promise<readonly UnfinishedDownload[]> {
  const found: UnfinishedDownload[] = [];
  for (const key of await namesIn(downloadsRoot())) {
    const folder = downloadsFor(key);
    const part = (await namesIn(folder)).find((file) => file.endsWith('.part'));
    const download = await unfinished(key, folder, part === undefined ? folder : join(folder, part));
    if (download === undefined) continue;
    found.push(part === undefined ? download : { ...download, file: part.slice(0, -'.part'.length) });
  }
  return found;
}

/** What dead processes have half unpacked, or half removed. */
export async function leftovers(): Promise<readonly Unfinished[]> {
  const names = await namesIn(temporaries());
  const found = await Promise.all(names.map((name) => unfinished(keyOfTemporary(name), join(temporaries(), name))));
  return found.filter((one) => one !== undefined);
}

async function unfinished(key: string, path: string, written = path): Promise<Unfinished | undefined> {
  const times = await stat(written).catch(() => undefined);
  if (times === undefined || (await lockHolder(lockFor(key))) !== undefined) return undefined;
  return { path, since: times.mtimeMs, remove: () => removeLocked(key, path) };
}

/** With the archive's lock, so that nobody begins to fetch it meanwhile. */
async function removeLocked(key: string, path: string): Promise<'removed' | 'kept'> {
  const lock = await acquireLock(lockFor(key));
  if (!lock.ok) return 'kept';
  try {
    await rm(path, { recursive: true, force: true });
    return 'removed';
  } finally {
    await lock.release();
  }
}

/** @returns none where there is no such folder */
async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
