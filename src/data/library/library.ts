import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceWork } from '../../registry/kinds/dataset.js';
import { fileProblem } from '../../support/file-problem.js';
import { errorCode, makeFolder } from '../../support/files.js';
import { acquireLock } from '../../support/lock.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { RETRY_POLICY } from '../remote/retry-policy.js';
import { UNPACK_LIMITS } from '../unpack/unpack-budget.js';
import { checkEntry } from './check-entry.js';
import { readEntry, RECORD, type ArchiveSpec, type LibraryEntry } from './library-entry.js';
import { fetchFromFile, fetchFromUrl, type FetchSettings } from './fetch-archive.js';
import { recordedChecksum } from './recorded-checksum.js';
import { archiveKey, findByChecksum, lockFor, libraryRoot, temporaryRoot, temporaryFor } from './library-paths.js';
import { lockArchive } from './lock-archive.js';
import { leaseUntilExit, markUsed, refuseWhileUsed } from './entry-leases.js';

export type { ArchiveSpec, LibraryEntry, LibraryFile, LibraryRecord } from './library-entry.js';
export { downloads, leftovers, type Unfinished, type UnfinishedDownload } from './unfinished.js';
export { lastUse, usersOf } from './entry-leases.js';

export interface ObtainSettings extends FetchSettings {
  /** Whether to lease the files, so that no process removes or replaces them until this one ends. */
  readonly lease: boolean;
}

/**
 * The cached entry of an archive, if there is one: by its checksum where the spec has one, else by the checksum recorded at the first
 * use of its address or file. Fast: it does not check the files, see {@link verify}.
 */
export async function find(spec: ArchiveSpec): Promise<LibraryEntry | undefined> {
  const sum = spec.sha256?.toLowerCase() ?? (await recordedChecksum(spec));
  return sum === undefined ? undefined : findByChecksum(spec.name, sum);
}

/**
 * Returns the archive's files. Where they are not cached (or with `again`), it downloads or reads the archive, checks, unpacks and
 * publishes it. Of several processes that need the same archive, one does this and the others wait.
 *
 * @throws ProblemError what `download` and `unpack` throw; `archive-changed` when an address without a given checksum serves other
 *   content than at its first use; `archive-missing` for a file; `cache-folder` when the cache cannot be written; `in-use` with
 *   `again` while a process uses the files
 * @throws the signal's reason, when it is aborted
 */
export async function obtain(
  given: ArchiveSpec,
  work: SourceWork,
  { lease = false, ...settings }: Partial<ObtainSettings> = {},
): Promise<LibraryEntry> {
  const spec = given.sha256 === undefined ? given : { ...given, sha256: given.sha256.toLowerCase() };
  const cached = async () => {
    const found = await find(spec);
    if (found === undefined) return undefined;
    if (settings.again === true) return void (await refuseWhileUsed(found));
    return !lease || (await leaseUntilExit(found)) ? found : undefined;
  };
  const published = await cached();
  if (published !== undefined) {
    await markUsed(published);
    return published;
  }
  try {
    await makeFolder(libraryRoot());
    const release = await lockArchive(archiveKey(spec), spec.name, work);
    try {
      const all = { retryPolicy: RETRY_POLICY, limits: UNPACK_LIMITS, again: false, ...settings };
      const found = await cached();
      if (found !== undefined) return found;
      const fetched = await fetch(spec, work, all);
      if (lease) await leaseUntilExit(fetched);
      return fetched;
    } finally {
      await release();
    }
  } catch (error) {
    work.signal.throwIfAborted();
    throw explainError(error, spec);
  }
}

/** All cached entries, sorted by name. */
export async function entries(): Promise<readonly (LibraryEntry & { readonly bytesOnDisk: number })[]> {
  const folders = (await readdir(libraryRoot()).catch(() => [])).filter((folder) => !folder.startsWith('.')).sort();
  const found = await Promise.all(folders.map((folder) => readEntry(join(libraryRoot(), folder))));
  return Promise.all(found.filter((entry) => entry !== undefined).map(withSize));
}

/** Compares every file with its checksum. @returns at most one problem each for missing, changed and unknown files */
export function verify(entry: LibraryEntry, work: SourceWork): Promise<readonly Problem[]> {
  return checkEntry(entry, work);
}

/**
 * Removes an entry's files from the disk. The recorded checksum of its address stays.
 *
 * @throws ProblemError `in-use` while a process uses them
 */
export async function remove(entry: LibraryEntry): Promise<void> {
  const folder = dirname(entry.dir);
  if (dirname(folder) !== libraryRoot()) throw new Error(`${folder} is not in the library`);
  await refuseWhileUsed(entry);
  // The lock shows other processes that this temporary folder is in use.
  const key = `removed${randomBytes(6).toString('hex')}`;
  const lock = await acquireLock(lockFor(key));
  try {
    // One rename, so that no process finds half an entry.
    const away = temporaryFor(key);
    await mkdir(temporaryRoot(), { recursive: true });
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
  if (url !== undefined) return fetchFromUrl({ ...spec, url }, work, settings);
  if (file !== undefined) return fetchFromFile({ ...spec, file }, work, settings);
  throw new Error(`${spec.name} has neither an address nor a file`);
}

async function withSize(entry: LibraryEntry) {
  const record = await stat(join(dirname(entry.dir), RECORD));
  return { ...entry, bytesOnDisk: entry.record.files.reduce((sum, { bytes }) => sum + bytes, record.size) };
}

/** Explains an error of the file system by the cache folder. */
function explainError(error: unknown, { name }: ArchiveSpec): unknown {
  if (error instanceof ProblemError) return error;
  const problem = fileProblem(error, `Fetching ${name}`);
  if (problem === undefined) return error;
  const denied = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '');
  const { path = libraryRoot() } = error as { readonly path?: string };
  if (!denied || !(path.startsWith(libraryRoot()) || libraryRoot().startsWith(path))) return new ProblemError(problem);
  return new ProblemError({
    code: 'cache-folder',
    message: `Data sets are cached in ${libraryRoot()}, which cannot be written (${errorCode(error)}).`,
    cure: 'Make it writable, or choose another folder: XDG_CACHE_HOME=DIR.',
  });
}
