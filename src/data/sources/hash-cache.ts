import { createReadStream } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder } from '../../support/cache-folder.js';
import { writeFileAtomic } from '../../support/files.js';
import { sha256 } from '../../support/hash.js';

/** What is kept of a file: its hash, or what kind of file it is, is good for as long as size and modification time stay. */
export type CachedFact = readonly [size: number, mtimeMs: number, fact: string];

/** What is kept of a folder's files: a file each. */
export type HashTable = 'hashes' | 'kinds';

/** The first line says what the others are. That of the kinds goes up when contentKind tells something else of the same file. */
const VERSIONS: Readonly<Record<HashTable, number>> = { hashes: 2, kinds: 1001 };
const FACTS: Readonly<Record<HashTable, RegExp>> = { hashes: /^[0-9a-f]{64}$/, kinds: /^[^]{0,100}$/ };
/** Lines written at once. */
const PIECE = 1000;

/** What is kept of a folder's files, by name. What is damaged is as if it had never been there. */
export async function loadFacts(
  root: string,
  table: HashTable,
  signal?: AbortSignal,
): Promise<Map<string, CachedFact>> {
  const kept = new Map<string, CachedFact>();
  const now = new Date();
  // What was not used for long can be cleaned away.
  await utimes(fileOf(root, table), now, now).catch(() => undefined);
  const stream = createReadStream(fileOf(root, table), { signal });
  try {
    let version: unknown;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const value = parsed(line);
      if (version === undefined) version = Array.isArray(value) ? value[0] : null;
      else if (version === VERSIONS[table] && isEntry(value, FACTS[table]))
        kept.set(value[0], [value[1], value[2], value[3]]);
    }
  } catch {
    signal?.throwIfAborted();
  } finally {
    stream.destroy();
  }
  return kept;
}

/** Without a cache that can be written, it takes longer the next time, and is otherwise the same. */
export async function saveFacts(root: string, table: HashTable, kept: ReadonlyMap<string, CachedFact>): Promise<void> {
  try {
    await writeFileAtomic(fileOf(root, table), lines(root, table, kept));
  } catch {
    // See above.
  }
}

/** The hashes that are kept of one folder's files. */
export interface HashCacheFile {
  readonly path: string;
  /** The folder; nothing where the file does not say. */
  readonly root?: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
}

/** All hashes that are kept, and whatever else has come into their folder. */
export async function hashCacheFiles(): Promise<readonly HashCacheFile[]> {
  const dir = cacheFolder('hashes');
  const found: HashCacheFile[] = [];
  for (const name of await readdir(dir).catch(() => [])) {
    const path = join(dir, name);
    const file = await stat(path).catch(() => undefined);
    if (file?.isFile() !== true) continue;
    const root = await rootIn(path);
    found.push({ path, ...(root !== undefined && { root }), bytes: file.size, lastUse: file.mtimeMs });
  }
  return found;
}

/** What the first line says. */
async function rootIn(path: string): Promise<string | undefined> {
  const stream = createReadStream(path);
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const first = parsed(line);
      const known = Array.isArray(first) && Object.values(VERSIONS).includes(first[0] as number);
      return known && typeof first[1] === 'string' ? first[1] : undefined;
    }
  } catch {
    // As if it said nothing.
  } finally {
    stream.destroy();
  }
  return undefined;
}

function* lines(
  root: string,
  table: HashTable,
  kept: ReadonlyMap<string, CachedFact>,
): Generator<string, void, undefined> {
  let piece = [JSON.stringify([VERSIONS[table], root])];
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

function isEntry(value: unknown, facts: RegExp): value is [name: string, size: number, mtimeMs: number, hash: string] {
  if (!Array.isArray(value) || value.length !== 4) return false;
  const [name, size, mtime, hash] = value as unknown[];
  const isHash = typeof hash === 'string' && facts.test(hash);
  return typeof name === 'string' && typeof size === 'number' && typeof mtime === 'number' && isHash;
}

function fileOf(root: string, table: HashTable): string {
  return cacheFolder('hashes', `${sha256(root).slice(0, 32)}${table === 'hashes' ? '' : `.${table}`}.jsonl`);
}
