import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { fileProblem } from '../../support/file-problem.js';
import { errorCode, makeFolder } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { RETRY_POLICY } from '../remote/retry-policy.js';
import { LIMITS } from '../unpack/budget.js';
import { check } from './check.js';
import { readEntry, RECORD, type ArchiveSpec, type LibraryEntry } from './library-entry.js';
import { fromFile, fromUrl, type FetchSettings } from './fetch.js';
import { remembered } from './recorded-checksum.js';
import { keyOf, locate, lockFor, root, temporaries, temporaryFor } from './places.js';
import { lockArchive } from './lock-archive.js';
import { holdForGood, markUsed, refuseWhileUsed } from './use.js';

export type { ArchiveSpec, LibraryEntry, LibraryFile, LibraryRecord } from './library-entry.js';
export { downloads, leftovers, type Unfinished, type UnfinishedDownload } from './unfinished.js';
export { lastUse, usersOf } from './use.js';

export interface ObtainSettings extends FetchSettings {
  /** Whether nobody may remove or replace the files until this process has ended. */
  readonly hold: boolean;
}

/**
 * What is in the cache of an archive, if it is there: by its checksum where the spec has one, else by its address or file (whose checksum
 * was recorded at first use). Fast: nothing is compared with checksums, see {@link verify}.
 */
export async function find(spec: ArchiveSpec): Promise<LibraryEntry | undefined> {
  const sum = spec.sha256?.toLowerCase() ?? (await remembered(spec));
  return sum === undefined ? undefined : locate(spec.name, sum);
}

/**
 * The archive's files, fetched (downloaded or read), checked, unpacked and published first where they are not there. Of several
 * processes that want the same, one does it and the others wait. With `again` also where they are there: the old ones stay until then.
 *
 * @throws ProblemError what `download` and `unpack` throw; `archive-changed` when an address without a given checksum leads to something
 *   else than at first use; `archive-missing` for a file; `cache-folder` when the cache may not be written; `in-use` with `again` while
 *   a process holds the files
 * @throws the signal's reason, when it is aborted
 */
export async function obtain(
  given: ArchiveSpec,
  work: SourceWork,
  { hold = false, ...settings }: Partial<ObtainSettings> = {},
): Promise<LibraryEntry> {
  const spec = given.sha256 === undefined ? given : { ...given, sha256: given.sha256.toLowerCase() };
  const here = async () => {
    const found = await find(spec);
    if (found === undefined) return undefined;
    if (settings.again === true) return void (await refuseWhileUsed(found));
    return !hold || (await holdForGood(found)) ? found : undefined;
  };
  const there = await here();
  if (there !== undefined) {
    await markUsed(there);
    return there;
  }
  try {
    await makeFolder(root());
    const release = await lockArchive(keyOf(spec), spec.name, work);
    try {
      const all = { patience: RETRY_POLICY, limits: LIMITS, again: false, ...settings };
      const found = await here();
      if (found !== undefined) return found;
      const fetched = await fetch(spec, work, all);
      if (hold) await holdForGood(fetched);
      return fetched;
    } finally {
      await release();
    }
  } catch (error) {
    work.signal.throwIfAborted();
    throw told(error, spec);
  }
}

/** All that is in the cache, by name. */
export async function entries(): Promise<readonly (LibraryEntry & { readonly bytesOnDisk: number })[]> {
  const folders = (await readdir(root()).catch(() => [])).filter((folder) => !folder.startsWith('.')).sort();
  const found = await Promise.all(folders.map((folder) => readEntry(join(root(), folder))));
  return Promise.all(found.filter((entry) => entry !== undefined).map(withSize));
}

/** Compares every file with its checksum: what is missing, changed or strange, in at most one problem each. */
export function verify(entry: LibraryEntry, work: SourceWork): Promise<readonly Problem[]> {
  return check(entry, work);
}

/**
 * Removes an entry's files from the disk. The checksum of its address stays known.
 *
 * @throws ProblemError `in-use` while a process holds them
 */
export async function remove(entry: LibraryEntry): Promise<void> {
  const folder = dirname(entry.dir);
  if (dirname(folder) !== root()) throw new Error(`${folder} is not in the library`);
  await refuseWhileUsed(entry);
  // A lock of its own says that somebody is at it.
  const key = `removed${randomBytes(6).toString('hex')}`;
  const lock = await acquireLock(lockFor(key));
  try {
    // One rename, so that nobody finds half of it.
    const away = temporaryFor(key);
    await mkdir(temporaries(), { recursive: true });
    await rename(folder, away);
    await refuseWhileUsed(entry).catch(async (error: unknown) => {
      await rename(away, folder);
      throw error;
    });
    await rm(away, { recursive: true, force: true });
  } finally {
    if (lock.ok) await lock.release();
  }
}

function fetch(spec: ArchiveSpec, work: SourceWork, settings: FetchSettings): Promise<LibraryEntry> {
  const { url, file } = spec;
  if (url !== undefined) return fromUrl({ ...spec, url }, work, settings);
  if (file !== undefined) return fromFile({ ...spec, file }, work, settings);
  throw new Error(`${spec.name} has neither an address nor a file`);
}

async function withSize(entry: LibraryEntry) {
  const record = await stat(join(dirname(entry.dir), RECORD));
  return { ...entry, bytesOnDisk: entry.record.files.reduce((sum, { bytes }) => sum + bytes, record.size) };
}

/** The file system's troubles, in words that name the cache. */
function told(error: unknown, { name }: ArchiveSpec): unknown {
  if (error instanceof ProblemError) return error;
  const problem = fileProblem(error, `Fetching ${name}`);
  if (problem === undefined) return error;
  const denied = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '');
  const { path = root() } = error as { readonly path?: string };
  if (!denied || !(path.startsWith(root()) || root().startsWith(path))) return new ProblemError(problem);
  return new ProblemError({
    code: 'cache-folder',
    message: `Data sets are kept in ${root()}, and that may not be written (${errorCode(error)}).`,
    cure: 'Make it writable, or choose another place: XDG_CACHE_HOME=DIR.',
  });
}
