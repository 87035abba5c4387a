import { createReadStream } from 'node:fs';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder } from '../../support/cache-folder.js';
import { writeFileAtomic } from '../../support/files.js';
import { sha256 } from '../../support/hash.js';
import { FactTable, type CachedFact } from './fact-table.js';

/** The two tables of cached facts; each is a file of its folder. */
export type HashTable = 'hashes' | 'kinds';

/** Versions in the first line of each file. Raise that of the kinds when contentKind gives another result for the same file. */
const VERSIONS: Readonly<Record<HashTable, number>> = { hashes: 2, kinds: 1001 };
const FACTS: Readonly<Record<HashTable, RegExp>> = { hashes: /^[0-9a-f]{64}$/, kinds: /^[^]{0,100}$/ };
/** Lines written at once. */
const LINES_PER_WRITE = 1000;

/** Loads the cached facts of a folder's files, by name. Damaged entries are ignored. */
export async function loadFacts(root: string, table: HashTable, signal?: AbortSignal): Promise<FactTable> {
  const facts = new FactTable(table === 'hashes');
  const now = new Date();
  // Records the use: tables unused for long can be cleaned away.
  await utimes(fileOf(root, table), now, now).catch(() => undefined);
  const stream = createReadStream(fileOf(root, table), { signal });
  try {
    let version: unknown;
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const value = parsed(line);
      if (version === undefined) version = Array.isArray(value) ? value[0] : null;
      else if (version === VERSIONS[table] && isEntry(value, FACTS[table]))
        facts.set(value[0], [value[1], value[2], value[3]]);
    }
  } catch {
    signal?.throwIfAborted();
  } finally {
    stream.destroy();
  }
  return facts;
}

/** Saves the facts. A cache that cannot be written only makes the next call slower. */
export async function saveFacts(
  root: string,
  table: HashTable,
  facts: Iterable<readonly [name: string, fact: CachedFact]>,
): Promise<void> {
  try {
    await writeFileAtomic(fileOf(root, table), lines(root, table, facts));
  } catch {
    // The cache is optional.
  }
}

/** A file of the hash cache: the facts of one folder's files. */
export interface HashCacheFile {
  readonly path: string;
  /** The folder; undefined where the file is damaged. */
  readonly root?: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly lastUse: number;
}

/** All files in the hash cache's folder, including unknown ones. */
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

/** The folder named in the first line. */
async function rootIn(path: string): Promise<string | undefined> {
  const stream = createReadStream(path);
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const first = parsed(line);
      const known = Array.isArray(first) && Object.values(VERSIONS).includes(first[0] as number);
      return known && typeof first[1] === 'string' ? first[1] : undefined;
    }
  } catch {
    // Unreadable: the folder is unknown.
  } finally {
    stream.destroy();
  }
  return undefined;
}

function* lines(
  root: string,
  table: HashTable,
  facts: Iterable<readonly [name: string, fact: CachedFact]>,
): Generator<string, void, undefined> {
  let piece = [JSON.stringify([VERSIONS[table], root])];
  for (const [name, entry] of facts) {
    piece.push(JSON.stringify([name, ...entry]));
    if (piece.length < LINES_PER_WRITE) continue;
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
