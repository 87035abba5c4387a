import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../support/cache-folder.js';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { sha256, sha256File } from '../../support/hash.js';
import { canonicalJson, isJsonObject, type Json } from '../../support/json.js';
import { orderedMap } from '../../support/ordered-map.js';

/** Files read at once: enough to keep a disk busy, few enough for a network drive. */
const CONCURRENCY = 8;
/** A file changed this lately could change again within one tick of the file system's clock, unseen: its hash is not kept. */
const SETTLED_MS = 2000;

/** What is kept of a file: its hash is good for as long as size and modification time stay. */
type Kept = readonly [size: number, mtimeMs: number, hash: string];

/**
 * SHA-256 of each file's content, by name. Hashes are kept in the user's cache folder by (path, size, modification time), so the second
 * call only looks at times. Without that cache (lost, or nowhere to write) it is slower and otherwise the same. A file that cannot be
 * read has its reason in place of a hash: whether it is fatal is decided where pictures are decoded.
 *
 * @param names paths relative to `root`
 */
export async function contentHashes(
  root: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const file = cacheFolder('hashes', `${sha256(root).slice(0, 32)}.json`);
  const known = await load(file);
  const kept = new Map<string, Kept>();
  const hashes = new Map<string, string>();
  let fresh = 0;
  for await (const { name, hash, entry, changed } of orderedMap(names, CONCURRENCY, (name) =>
    hashOne(root, name, known),
  )) {
    signal?.throwIfAborted();
    hashes.set(name, hash);
    if (entry !== undefined) kept.set(name, entry);
    if (changed) fresh++;
  }
  if (fresh > 0) await save(file, root, new Map([...known, ...kept]));
  return hashes;
}

async function hashOne(root: string, name: string, known: ReadonlyMap<string, Kept>) {
  const path = join(root, name);
  try {
    const { size, mtimeMs } = await stat(path);
    const old = known.get(name);
    if (old?.[0] === size && old[1] === mtimeMs) return { name, hash: old[2], entry: old, changed: false };
    const started = Date.now();
    const hash = await sha256File(path);
    const entry: Kept | undefined = started - mtimeMs > SETTLED_MS ? [size, mtimeMs, hash] : undefined;
    return { name, hash, entry, changed: entry !== undefined };
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    return { name, hash: `unreadable: ${code}`, entry: undefined, changed: false };
  }
}

async function load(file: string): Promise<Map<string, Kept>> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isJsonObject(content) || content['version'] !== 1 || !isJsonObject(content['files'])) return new Map();
    return new Map(Object.entries(content['files']).filter((pair): pair is [string, Kept & Json] => isKept(pair[1])));
  } catch {
    return new Map();
  }
}

function isKept(value: Json): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  return typeof value[0] === 'number' && typeof value[1] === 'number' && typeof value[2] === 'string';
}

async function save(file: string, root: string, kept: ReadonlyMap<string, Kept>): Promise<void> {
  try {
    await writeFileAtomic(file, canonicalJson({ version: 1, root, files: Object.fromEntries(kept) }));
  } catch {
    // A cache that cannot be written costs time, not correctness.
  }
}
