import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { downloads, entries, lastUse, leftovers, type LibraryEntry, remove, usersOf } from '../data/library/library.js';
import { hashCacheFiles } from '../data/sources/hash-cache.js';
import { compiledPrograms } from '../engine/xla-cache.js';
import { type WeightsFile, weightsFiles } from '../evaluation/extractors/weights-cache.js';
import { removeLocked } from '../support/lock.js';
import { formatBytes } from '../support/bytes.js';
import { bytesOnDisk } from '../pipeline/storage/disk-usage.js';
import { RECENTLY_MS } from '../pipeline/storage/remove-entry.js';
import { type CleanRequest, isOld, type Removable, type UnusedSurvey, surveyEach } from './removable.js';

/** Cached data sets and hashes unused for longer than this are removed. */
const LATELY_DAYS = 30;
/** An interrupted download is likely to be resumed within this time. */
const SOON_DAYS = 1;

/** Unused items in the user's cache: data sets, downloads, weights of extractors, hashes of images, and compiled programs. */
export async function cacheItems(request: CleanRequest): Promise<UnusedSurvey> {
  const searches = [interruptedDownloads, halfUnpacked, weights, hashes, programs];
  return surveyEach([datasets, ...searches.map(itemsOnly)], 'Inspecting the cache', (search) => search(request));
}

function itemsOnly(search: (request: CleanRequest) => Promise<Removable[]>) {
  return async (request: CleanRequest): Promise<Partial<UnusedSurvey>> => ({ items: await search(request) });
}

async function datasets(request: CleanRequest): Promise<Partial<UnusedSurvey>> {
  const items: Removable[] = [];
  const [recent, inUse]: [LibraryEntry[], LibraryEntry[]] = [[], []];
  for (const entry of await entries()) {
    const since = await lastUse(entry);
    const isRecent = !isOld(since, request, LATELY_DAYS);
    if (isRecent || (await isInUse(entry))) {
      (isRecent ? recent : inUse).push(entry);
      continue;
    }
    items.push({
      kind: 'dataset',
      path: dirname(entry.dir),
      bytes: await bytesOnDisk(dirname(entry.dir)),
      since,
      what: `${entry.record.name}, ${entry.record.files.length} files`,
      why: entry.record.url === null ? 'from an archive of this machine' : `from ${entry.record.url}`,
      remove: async () => {
        if (await isInUse(entry)) return 'kept';
        await remove(entry);
        return 'removed';
      },
    });
  }
  if (request.datasets !== true) return { items };
  const days = request.keepDays ?? LATELY_DAYS;
  const lately = `used in the last ${days === 1 ? 'day' : `${days} days`}; to remove what is not in use now, add --keep-days 0`;
  return {
    items,
    notes: [...(await keptNote(recent, lately)), ...(await keptNote(inUse, 'in use, or used in the last hour'))],
  };
}

/** A note on the data sets that are kept. */
async function keptNote(left: readonly LibraryEntry[], why: string): Promise<string[]> {
  if (left.length === 0) return [];
  const bytes = await Promise.all(left.map((entry) => bytesOnDisk(dirname(entry.dir))));
  const size = formatBytes(bytes.reduce((sum, each) => sum + each, 0));
  return [`${left.length} data set${left.length === 1 ? ' stays' : 's stay'} (${size}): ${why}.`];
}

async function isInUse(entry: LibraryEntry): Promise<boolean> {
  return Date.now() - (await lastUse(entry)) < RECENTLY_MS || (await usersOf(entry)).length > 0;
}

async function interruptedDownloads(request: CleanRequest): Promise<Removable[]> {
  const old = (await downloads()).filter(({ since }) => isOld(since, request, SOON_DAYS));
  return Promise.all(
    old.map(async ({ file, ...download }) => ({
      ...download,
      kind: 'download' as const,
      bytes: await bytesOnDisk(download.path),
      what: file === undefined ? 'a download' : `the beginning of ${file}`,
      why: 'it was not resumed',
    })),
  );
}

async function halfUnpacked(): Promise<Removable[]> {
  return Promise.all(
    (await leftovers()).map(async (leftover) => ({
      ...leftover,
      since: 0,
      kind: 'leftover' as const,
      bytes: await bytesOnDisk(leftover.path),
      what: 'a half-unpacked archive',
      why: 'the process that made it is dead',
    })),
  );
}

async function weights(request: CleanRequest): Promise<Removable[]> {
  const files = await weightsFiles();
  const old = files.filter(({ whole, lastUse }) => isOld(lastUse, request, whole ? LATELY_DAYS : SOON_DAYS));
  return Promise.all(old.map(weightsItem));
}

async function weightsItem({ path, whole, lastUse }: WeightsFile): Promise<Removable> {
  return {
    kind: whole ? 'weights' : 'download',
    path,
    bytes: await bytesOnDisk(path),
    since: lastUse,
    what: whole ? basename(path) : 'the beginning of the weights of an extractor',
    why: whole ? 'they are downloaded again when needed' : 'it was not resumed',
    remove: async () => {
      // A process may have begun to use it, or gone on with its download.
      const now = (await weightsFiles()).find((file) => file.path === path);
      if (now === undefined || now.lastUse > lastUse) return 'kept';
      return removeLocked(`${path.replace(/\.part(\.json)?$/, '')}.lock`, path);
    },
  };
}

async function hashes(request: CleanRequest): Promise<Removable[]> {
  const items: Removable[] = [];
  for (const { path, root, bytes, lastUse: since } of await hashCacheFiles()) {
    const isGone = root !== undefined && !existsSync(root);
    if (!isGone && !isOld(since, request, LATELY_DAYS)) continue;
    items.push({
      kind: 'hashes',
      path,
      bytes,
      since,
      what: `hashes of the images in ${root ?? 'an unknown folder'}`,
      why: isGone ? 'the folder is gone' : 'they are computed again when needed',
      remove: async () => {
        await rm(path, { force: true });
        return 'removed';
      },
    });
  }
  return items;
}

async function programs(request: CleanRequest): Promise<Removable[]> {
  const old = (await compiledPrograms()).filter(({ lastUse }) => isOld(lastUse, request, LATELY_DAYS));
  return old.map(({ path, bytes, lastUse: since }) => ({
    kind: 'program',
    path,
    bytes,
    since,
    what: 'a training step that XLA has compiled',
    why: 'it is compiled again when needed',
    remove: async () => {
      await rm(path, { force: true });
      return 'removed';
    },
  }));
}
