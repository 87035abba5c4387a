import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../../support/files.js';
import { orderedMap } from '../../support/ordered-map.js';
import type { ImageFile } from './arranged/image-files.js';
import { ContentHashes } from './content-hashes.js';
import { contentKindOf } from './content-kind.js';
import { hashFiles } from './hash-files.js';
import type { CachedFact, FactTable } from './fact-table.js';
import { loadFacts, saveFacts, type HashTable } from './hash-cache.js';

/** Files read at once: enough for a disk, not too many for a network drive. */
const CONCURRENCY = 8;
/** A file changed this recently could change again within one tick of the file system's clock, undetected: its hash is not cached. */
const SETTLED_MS = 2000;
/** Files whose status is read synchronously at once, and the time limit after which it is read asynchronously, which is slower on a local disk. */
const SLICE = 256;
const SLICE_MS = 50;

type PathOf = (file: ImageFile) => string | Buffer;

/**
 * SHA-256 of each file's content, by name. Hashes are cached in the user's cache folder by (path, size, modification time), so the second
 * call only reads sizes and times. Without the cache it is slower but gives the same result. An unreadable file has no hash; decoding
 * decides whether that is fatal.
 *
 * @param root the folder that the names are relative to
 */
export async function contentHashes(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  signal?: AbortSignal,
): Promise<ContentHashes> {
  const learn: Learn = async (fresh, keep) => {
    await hashFiles(
      { count: fresh.length, path: (i) => path(fresh[i]!) },
      (i, found) => {
        if (found) keep(fresh[i]!, [found.size, found.mtimeMs, found.hash], found.readAt);
      },
      { signal },
    );
  };
  const hashes = new ContentHashes();
  await findFacts(
    root,
    files,
    path,
    { table: 'hashes', learn, set: (name, hash) => void hashes.set(name, hash) },
    signal,
  );
  return hashes;
}

/** The kind of each file by its first bytes ({@link contentKindOf}), by name; cached in the same way. */
export async function contentKinds(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const learn: Learn = async (fresh, keep) => {
    let i = 0;
    for await (const found of orderedMap(fresh, CONCURRENCY, (file) => kindOf(path(file)))) {
      signal?.throwIfAborted();
      const file = fresh[i++]!;
      if (found) keep(file, found.fact, found.readAt);
    }
  };
  const kinds = new Map<string, string>();
  await findFacts(
    root,
    files,
    path,
    { table: 'kinds', learn, set: (name, kind) => void kinds.set(name, kind) },
    signal,
  );
  return kinds;
}

/** A property that depends on a file's content only. */
interface Fact {
  readonly table: HashTable;
  readonly learn: Learn;
  readonly set: (name: string, fact: string) => void;
}

/** Finds the property of files; `keep` takes those of readable ones. */
type Learn = (
  files: readonly ImageFile[],
  keep: (file: ImageFile, fact: CachedFact, readAt: number) => void,
) => Promise<void>;

async function findFacts(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  { table, learn, set }: Fact,
  signal?: AbortSignal,
): Promise<void> {
  if (files.length === 0) return;
  const known = await loadFacts(root, table, signal);
  const fresh = await takeCached(files, path, known, set, signal);
  let learned = 0;
  try {
    await learn(fresh, ({ name }, fact, readAt) => {
      set(name, fact[2]);
      if (readAt - fact[1] <= SETTLED_MS) return;
      known.set(name, fact);
      learned++;
    });
  } finally {
    // Also after an abort, so that these files need not be read again.
    if (learned > 0) await saveFacts(root, table, known);
  }
}

/** Copies the cached facts of files with takeCached size and time. @returns the other files */
async function takeCached(
  files: readonly ImageFile[],
  path: PathOf,
  known: FactTable,
  set: Fact['set'],
  signal?: AbortSignal,
): Promise<ImageFile[]> {
  const others: ImageFile[] = [];
  let isFast = true;
  for (let start = 0; start < files.length; start += SLICE) {
    signal?.throwIfAborted();
    const slice = files.slice(start, start + SLICE);
    const startedAt = performance.now();
    const found = isFast ? slice.map((file) => statSlice(path(file))) : await statAll(slice, path);
    if (isFast) isFast = performance.now() - startedAt < SLICE_MS;
    slice.forEach((file, i) => {
      const [old, now] = [known.get(file.name), found[i]];
      if (old !== undefined && old[0] === now?.size && old[1] === now.mtimeMs) set(file.name, old[2]);
      else others.push(file);
    });
    await setImmediate();
  }
  return others;
}

function statSlice(path: string | Buffer) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function statAll(files: readonly ImageFile[], path: PathOf) {
  const found = [];
  for await (const one of orderedMap(files, CONCURRENCY, (file) => stat(path(file)).catch(() => undefined))) {
    found.push(one);
  }
  return found;
}

async function kindOf(
  path: string | Buffer,
): Promise<{ readonly fact: CachedFact; readonly readAt: number } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    const readAt = Date.now();
    return { fact: [size, mtimeMs, await contentKindOf(path)], readAt };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
