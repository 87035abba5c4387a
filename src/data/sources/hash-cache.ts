import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { cacheFolder } from '../../support/cache-folder.js';
import { writeFileAtomic } from '../../support/files.js';
import { sha256 } from '../../support/hash.js';

/** What is kept of a file: its hash is good for as long as size and modification time stay. */
export type Kept = readonly [size: number, mtimeMs: number, hash: string];

/** The first line says what the others are. */
const VERSION = 2;
/** Lines written at once. */
const PIECE = 1000;

/** The hashes that are kept of a folder's files, by name. What is damaged is as if it had never been there. */
export async function loadHashes(root: string, signal?: AbortSignal): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>();
  const stream = createReadStream(fileOf(root), { signal });
  try {
    let version: unknown;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const value = parsed(line);
      if (version === undefined) version = Array.isArray(value) ? value[0] : null;
      else if (version === VERSION && isEntry(value)) kept.set(value[0], [value[1], value[2], value[3]]);
    }
  } catch {
    signal?.throwIfAborted();
  } finally {
    stream.destroy();
  }
  return kept;
}

/** Without a cache that can be written, it takes longer the next time, and is otherwise the same. */
export async function saveHashes(root: string, kept: ReadonlyMap<string, Kept>): Promise<void> {
  try {
    await writeFileAtomic(fileOf(root), lines(root, kept));
  } catch {
    // See above.
  }
}

function* lines(root: string, kept: ReadonlyMap<string, Kept>): Generator<string, void, undefined> {
  let piece = [JSON.stringify([VERSION, root])];
  for (const [name, entry] of kept) {
    piece.push(JSON.stringify([name, ...entry]));
    if (piece.length < PIECE) continue;
    yield `${piece.join('\n')}\n`;
    piece = [];
  }
  yield `${piece.join('\n')}\n`;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is [name: string, size: number, mtimeMs: number, hash: string] {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, size, mtime, hash] = value as unknown[];
  const isHash = typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  return typeof name === 'string' && typeof size === 'number' && typeof mtime === 'number' && isHash;
}

function fileOf(root: string): string {
  return cacheFolder('hashes', `${sha256(root).slice(0, 32)}.jsonl`);
}
