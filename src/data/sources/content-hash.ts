import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../../support/files.js';
import { sha256, sha256File } from '../../support/hash.js';
import { orderedMap } from '../../support/ordered-map.js';
import type { ImageFile } from './arranged/image-files.js';
import { contentKindOf } from './content-kind.js';
import { loadFacts, saveFacts, type CachedFact, type HashTable } from './hash-cache.js';

/** Files read at once: enough to keep a disk busy, few enough for a network drive. */
const CONCURRENCY = 8;
/** A file changed this lately could change again within one tick of the file system's clock, unseen: its hash is not kept. */
const SETTLED_MS = 2000;
/** Files looked at in one go, and how long that may take before it is done without blocking, which is slower on a local disk. */
const SLICE = 256;
const SLICE_MS = 50;
/** A larger file is read in pieces. */
const WHOLE = 4e6;

type PathOf = (file: ImageFile) => string | Buffer;

/**
 * SHA-256 of each file's content, by name. Hashes are kept in the user's cache folder by (path, size, modification time), so the second
 * call only looks at times. Without that cache (lost, or nowhere to write) it is slower and otherwise the same. A file that cannot be
 * read has none: whether it is fatal is decided where images are decoded.
 *
 * @param root the folder that the names are relative to
 */
export async function contentHashes(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  return contentFacts(root, files, path, { table: 'hashes', find: hashOf }, signal);
}

/** What each file is by its first bytes ({@link contentKindOf}), by name; kept in the same way. */
export async function contentKinds(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  return contentFacts(root, files, path, { table: 'kinds', find: contentKindOf }, signal);
}

/** Something that follows from a file's content. */
interface Fact {
  readonly table: HashTable;
  readonly find: (path: string | Buffer, size: number) => Promise<string>;
}

async function contentFacts(
  root: string,
  files: readonly ImageFile[],
  path: PathOf,
  { table, find }: Fact,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  if (files.length === 0) return new Map();
  const known = await loadFacts(root, table, signal);
  const hashes = new Map<string, string>();
  const fresh = await unchanged(files, path, known, hashes, signal);
  let learned = 0;
  try {
    let i = 0;
    for await (const found of orderedMap(fresh, CONCURRENCY, (file) => factOf(path(file), find))) {
      signal?.throwIfAborted();
      const { name } = fresh[i++]!;
      if (found === undefined) continue;
      hashes.set(name, found.kept[2]);
      if (!found.settled) continue;
      known.set(name, found.kept);
      learned++;
    }
  } finally {
    // What is known when the work is broken off need not be found out again.
    if (learned > 0) await saveFacts(root, table, known);
  }
  return hashes;
}

/** Takes over what is known of files whose size and time are as they were. @returns the other files */
async function unchanged(
  files: readonly ImageFile[],
  path: PathOf,
  known: ReadonlyMap<string, CachedFact>,
  hashes: Map<string, string>,
  signal?: AbortSignal,
): Promise<ImageFile[]> {
  const others: ImageFile[] = [];
  let quick = true;
  for (let start = 0; start < files.length; start += SLICE) {
    signal?.throwIfAborted();
    const slice = files.slice(start, start + SLICE);
    const began = performance.now();
    const found = quick ? slice.map((file) => statSlice(path(file))) : await statAll(slice, path);
    if (quick) quick = performance.now() - began < SLICE_MS;
    slice.forEach((file, i) => {
      const [old, now] = [known.get(file.name), found[i]];
      if (old !== undefined && old[0] === now?.size && old[1] === now.mtimeMs) hashes.set(file.name, old[2]);
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

function hashOf(path: string | Buffer, size: number): Promise<string> {
  return size > WHOLE ? sha256File(path) : readFile(path).then((bytes) => sha256(bytes));
}

async function factOf(
  path: string | Buffer,
  find: Fact['find'],
): Promise<{ readonly kept: CachedFact; readonly settled: boolean } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    const started = Date.now();
    return { kept: [size, mtimeMs, await find(path, size)], settled: started - mtimeMs > SETTLED_MS };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
