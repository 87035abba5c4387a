import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { errorCode } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { orderedMap } from '../../support/ordered-map.js';
import type { Limits } from '../unpack/budget.js';
import { unpack } from '../unpack/unpack.js';
import { FILES, RECORD, type LibraryEntry, type LibraryRecord } from './library-entry.js';
import { folderFor, keyOfTemporary, locate, lockFor, temporaries, temporaryFor } from './places.js';
import { refuseWhileUsed } from './use.js';

/** Files flushed at once: the file system then writes its journal once for many. */
const FLUSHES = 16;

export interface LibraryPublication {
  readonly key: string;
  readonly archive: string;
  /** All of the record but the files, which are not known before they are unpacked. */
  readonly origin: Omit<LibraryRecord, 'files' | 'obtained'>;
  readonly limits: Limits;
  /** Whether it takes the place of the same archive's files. */
  readonly again: boolean;
}

/** Unpacks an archive in a temporary folder and publishes it by one rename. The archive's lock must be held. */
export async function publish(
  { key, archive, origin, limits, again }: LibraryPublication,
  work: SourceWork,
): Promise<LibraryEntry> {
  await sweep(key);
  const temporary = temporaryFor(key);
  await mkdir(temporary, { recursive: true });
  try {
    const files = await unpack(archive, join(temporary, FILES), work, limits);
    const record: LibraryRecord = { ...origin, obtained: new Date().toISOString(), files };
    await writeFile(join(temporary, RECORD), JSON.stringify(record));
    const paths = [RECORD, ...files.map(({ path }) => join(FILES, path))];
    for await (const path of orderedMap(paths, FLUSHES, (path) => flush(join(temporary, path)))) {
      void path;
      work.signal.throwIfAborted();
    }
    await move(temporary, origin, again);
    const folder = folderFor(origin.name, origin.sha256);
    return { dir: join(folder, FILES), record };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes what dead processes left, ours and others': whoever holds a key's lock lives. */
async function sweep(own: string): Promise<void> {
  for (const folder of await readdir(temporaries()).catch(() => [])) {
    const key = keyOfTemporary(folder);
    const lock = key === own ? undefined : await acquireLock(lockFor(key));
    if (lock?.ok === false) continue;
    await rm(join(temporaries(), folder), { recursive: true, force: true });
    await lock?.release();
  }
}

async function move(
  temporary: string,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  again: boolean,
): Promise<void> {
  const target = folderFor(name, sha256);
  try {
    await rename(temporary, target);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    // The same archive under another address was quicker, or what is there is broken.
    const there = await locate(name, sha256);
    if (!again && there !== undefined) return;
    if (there !== undefined) await refuseWhileUsed(there);
    // Out of the way by one rename, as removing takes long; `sweep` finds it if we die here.
    const old = `${temporary}-old`;
    await rename(target, old);
    await rename(temporary, target);
    await rm(old, { recursive: true, force: true });
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}
