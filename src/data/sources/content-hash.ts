import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { errorCode } from '../../support/files.js';
import { sha256, sha256File } from '../../support/hash.js';
import { orderedMap } from '../../support/ordered-map.js';
import type { PictureFile } from './arranged/picture-files.js';
import { loadHashes, saveHashes, type Kept } from './hash-cache.js';

/** Files read at once: enough to keep a disk busy, few enough for a network drive. */
const CONCURRENCY = 8;
/** A file changed this lately could change again within one tick of the file system's clock, unseen: its hash is not kept. */
const SETTLED_MS = 2000;
/** Files looked at in one go, and how long that may take before it is done without blocking, which is slower on a local disk. */
const SLICE = 256;
const SLICE_MS = 50;
/** A larger file is read in pieces. */
const WHOLE = 4e6;

type PathOf = (file: PictureFile) => string | Buffer;

/**
 * SHA-256 of each file's content, by name. Hashes are kept in the user's cache folder by (path, size, modification time), so the second
 * call only looks at times. Without that cache (lost, or nowhere to write) it is slower and otherwise the same. A file that cannot be
 * read has none: whether it is fatal is decided where pictures are decoded.
 *
 * @param root the folder that the names are relative to
 */
export async function contentHashes(
  root: string,
  files: readonly PictureFile[],
  path: PathOf,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const known = await loadHashes(root, signal);
  const hashes = new Map<string, string>();
  const fresh = await unchanged(files, path, known, hashes, signal);
  let learned = 0;
  try {
    let i = 0;
    for await (const found of orderedMap(fresh, CONCURRENCY, (file) => hashOne(path(file)))) {
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
    if (learned > 0) await saveHashes(root, known);
  }
  return hashes;
}

/** Takes over the hashes of files whose size and time are as they were. @returns the other files */
async function unchanged(
  files: readonly PictureFile[],
  path: PathOf,
  known: ReadonlyMap<string, Kept>,
  hashes: Map<string, string>,
  signal?: AbortSignal,
): Promise<PictureFile[]> {
  const others: PictureFile[] = [];
  let quick = true;
  for (let start = 0; start < files.length; start += SLICE) {
    signal?.throwIfAborted();
    const slice = files.slice(start, start + SLICE);
    const began = performance.now();
    const found = quick ? slice.map((file) => lookSync(path(file))) : await lookAll(slice, path);
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

function lookSync(path: string | Buffer) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

async function lookAll(files: readonly PictureFile[], path: PathOf) {
  const found = [];
  for await (const one of orderedMap(files, CONCURRENCY, (file) => stat(path(file)).catch(() => undefined))) {
    found.push(one);
  }
  return found;
}

async function hashOne(path: string | Buffer): Promise<{ readonly kept: Kept; readonly settled: boolean } | undefined> {
  try {
    const { size, mtimeMs } = await stat(path);
    const started = Date.now();
    const hash = size > WHOLE ? await sha256File(path) : sha256(await readFile(path));
    return { kept: [size, mtimeMs, hash], settled: started - mtimeMs > SETTLED_MS };
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}
