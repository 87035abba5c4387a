import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entries, lastUse, remove } from '../../data/library/library.js';
import { lockFor, root as libraryRoot, temporaries } from '../../data/library/places.js';
import { cacheFolder } from '../../support/cache-folder.js';
import { acquireLock, lockHolder } from '../../support/lock.js';
import { bytesOnDisk } from '../storage/disk-usage.js';
import { RECENTLY_MS } from '../storage/remove-entry.js';
import { type CleanRequest, isOld, type Removable, type Survey, surveyEach } from './removable.js';

/** What the user's cache holds longer than this without use is not missed. */
const LATELY_DAYS = 30;
/** A download that was broken off is likely to be gone on with soon. */
const SOON_DAYS = 1;

/** What lies in the user's cache for nobody: data sets, downloads, and hashes of pictures. */
export async function cacheItems(request: CleanRequest): Promise<Survey> {
  const looks = [datasets, downloads, halfUnpacked, hashes];
  return surveyEach(looks, 'Looking at the cache', async (look) => ({ items: await look(request) }));
}

async function datasets(request: CleanRequest): Promise<Removable[]> {
  const items: Removable[] = [];
  for (const entry of await entries()) {
    const since = await lastUse(entry);
    if (!isOld(since, request, LATELY_DAYS) || Date.now() - since < RECENTLY_MS) continue;
    items.push({
      kind: 'dataset',
      path: dirname(entry.dir),
      bytes: await bytesOnDisk(dirname(entry.dir)),
      since,
      what: `${entry.record.name}, ${entry.record.files.length} files`,
      why: entry.record.url === null ? 'from an archive of this machine' : `from ${entry.record.url}`,
      remove: async () => {
        if (Date.now() - (await lastUse(entry)) < RECENTLY_MS) return 'kept';
        await remove(entry);
        return 'removed';
      },
    });
  }
  return items;
}

async function downloads(request: CleanRequest): Promise<Removable[]> {
  const folder = join(libraryRoot(), '.downloads');
  const items: Removable[] = [];
  for (const key of await namesIn(folder)) {
    const path = join(folder, key);
    const part = (await namesIn(path)).find((file) => file.endsWith('.part'));
    const since = await lastWritten(part === undefined ? path : join(path, part));
    const isAtWork = (await lockHolder(lockFor(key))) !== undefined;
    if (since === undefined || isAtWork || !isOld(since, request, SOON_DAYS)) continue;
    const what = part === undefined ? 'a download' : `the beginning of ${part.replace(/\.part$/, '')}`;
    const why = 'nobody has gone on with it';
    const bytes = await bytesOnDisk(path);
    items.push({ kind: 'download', path, bytes, since, what, why, remove: () => removeLocked(key, path) });
  }
  return items;
}

/** What is unpacked lies in `<key>-<random>` until it is whole. */
async function halfUnpacked(): Promise<Removable[]> {
  const items: Removable[] = [];
  for (const name of await namesIn(temporaries())) {
    const key = name.split('-')[0]!;
    if ((await lockHolder(lockFor(key))) !== undefined) continue;
    const path = join(temporaries(), name);
    const what = 'a half-unpacked archive';
    const why = 'the process that made it is dead';
    const bytes = await bytesOnDisk(path);
    items.push({ kind: 'leftover', path, bytes, since: 0, what, why, remove: () => removeLocked(key, path) });
  }
  return items;
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

async function hashes(request: CleanRequest): Promise<Removable[]> {
  const dir = cacheFolder('hashes');
  const items: Removable[] = [];
  for (const file of (await namesIn(dir)).filter((name) => name.endsWith('.json'))) {
    const path = join(dir, file);
    const root = await rootOf(path);
    const since = await lastWritten(path);
    const isGone = root !== undefined && !existsSync(root);
    if (since === undefined || (!isGone && !isOld(since, request, LATELY_DAYS))) continue;
    items.push({
      kind: 'hashes',
      path,
      bytes: await bytesOnDisk(path),
      since,
      what: `hashes of the pictures in ${root ?? 'an unknown folder'}`,
      why: isGone ? 'the folder is gone' : 'they are computed again when needed',
      remove: async () => {
        await rm(path, { force: true });
        return 'removed';
      },
    });
  }
  return items;
}

async function rootOf(file: string): Promise<string | undefined> {
  try {
    const { root } = JSON.parse(await readFile(file, 'utf8')) as { root?: unknown };
    return typeof root === 'string' ? root : undefined;
  } catch {
    return undefined;
  }
}

async function lastWritten(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

/** @returns none where there is no such folder */
async function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
