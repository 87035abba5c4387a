import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { errorCode } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { orderedMap } from '../../support/ordered-map.js';
import type { UnpackLimits } from '../unpack/unpack-budget.js';
import { unpack } from '../unpack/unpack.js';
import { FILES, RECORD, type LibraryEntry, type LibraryRecord } from './library-entry.js';
import { entryFolder, keyOfTemporary, findByChecksum, lockFor, temporaryRoot, temporaryFor } from './library-paths.js';
import { refuseWhileUsed } from './entry-leases.js';

/** Files flushed at once, so that the file system writes its journal once for many. */
const FLUSHES = 16;

export interface LibraryPublication {
  readonly key: string;
  readonly archive: string;
  /** The record without its files, which are known only after unpacking. */
  readonly origin: Omit<LibraryRecord, 'files' | 'obtained'>;
  readonly limits: UnpackLimits;
  /** Whether it replaces the published files of the same archive. */
  readonly again: boolean;
}

/** Unpacks an archive into a temporary folder and publishes it by one rename. The caller must hold the archive's lock. */
export async function publishArchive(
  { key, archive, origin, limits, again }: LibraryPublication,
  work: SourceWork,
): Promise<LibraryEntry> {
  await removeLeftovers(key);
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
    const folder = entryFolder(origin.name, origin.sha256);
    return { dir: join(folder, FILES), record };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Removes temporary folders of dead processes: a living one holds its key's lock. */
async function removeLeftovers(own: string): Promise<void> {
  for (const folder of await readdir(temporaryRoot()).catch(() => [])) {
    const key = keyOfTemporary(folder);
    const lock = key === own ? undefined : await acquireLock(lockFor(key));
    if (lock?.ok === false) continue;
    await rm(join(temporaryRoot(), folder), { recursive: true, force: true });
    await lock?.release();
  }
}

async function move(
  temporary: string,
  { name, sha256 }: { readonly name: string; readonly sha256: string },
  again: boolean,
): Promise<void> {
  const target = entryFolder(name, sha256);
  try {
    await rename(temporary, target);
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    // The same archive was published under another address meanwhile, or the folder is damaged.
    const published = await findByChecksum(name, sha256);
    if (!again && published !== undefined) return;
    if (published !== undefined) await refuseWhileUsed(published);
    // Moved away by one rename, as removing takes long; `removeLeftovers` finds it if we die here.
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
