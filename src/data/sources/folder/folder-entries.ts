import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { opendir, readdir, stat } from 'node:fs/promises';
import { isJunkFile } from '../../../support/junk-files.js';

/** A file or folder in a folder. */
export interface FolderEntry {
  /** The name as text: bytes that are not UTF-8 are written as `\xE9`. Unique in the folder. */
  readonly name: string;
  /** The name in bytes, where it is not UTF-8. */
  readonly raw?: Buffer;
  /** Links are followed; a broken link is a file that cannot be read. */
  readonly kind: 'folder' | 'file';
  readonly link: boolean;
}

/** The entries of a folder in no particular order; without hidden and junk files, and anything but files and folders. */
export async function entriesIn(path: string | Buffer): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  const nonUtf8: (FolderEntry & { readonly raw: Buffer })[] = [];
  for (const dirent of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    const entry = await entryOf(path, dirent as unknown as Dirent);
    if (entry === undefined) continue;
    if (entry.raw === undefined) entries.push(entry);
    else nonUtf8.push({ ...entry, raw: entry.raw });
  }
  return nonUtf8.length === 0 ? entries : [...entries, ...unique(nonUtf8, entries)];
}

/**
 * The same for a folder of any size, in memory that does not grow with it. A name that is not UTF-8 may then equal another one when it is
 * written as text.
 */
export async function* streamEntries(path: string | Buffer): AsyncGenerator<FolderEntry> {
  // Node's types know encodings of text only.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };
  for await (const dirent of await opendir(path, options)) {
    const entry = await entryOf(path, dirent);
    if (entry !== undefined) yield entry;
  }
}

async function entryOf(path: string | Buffer, dirent: Dirent): Promise<FolderEntry | undefined> {
  // With the encoding `buffer` the name is a Buffer, unlike in Node's types.
  const bytes = dirent.name as unknown as Buffer;
  const name = bytes.toString();
  if (isJunkFile(name)) return undefined;
  const link = dirent.isSymbolicLink();
  const kind = link ? await targetOf(joinBytes(path, bytes)) : kindOf(dirent);
  if (kind === undefined) return undefined;
  return isUtf8(bytes) ? { name, kind, link } : { name: escaped(bytes), raw: Buffer.from(bytes), kind, link };
}

/** Joins a path and a name, as text if both are text, else as bytes. */
export function joinBytes(path: string | Buffer, name: string | Buffer): string | Buffer {
  if (typeof path === 'string' && typeof name === 'string') return `${path}/${name}`;
  return Buffer.concat([Buffer.from(path as Buffer), Buffer.from('/'), Buffer.from(name as Buffer)]);
}

function kindOf(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): FolderEntry['kind'] | undefined {
  return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : undefined;
}

async function targetOf(path: string | Buffer): Promise<FolderEntry['kind'] | undefined> {
  return stat(path).then(kindOf, () => 'file');
}

/** `caf\xE9.jpg` */
function escaped(bytes: Buffer): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const length = [1, 2, 3, 4].find((n) => i + n <= bytes.length && isUtf8(bytes.subarray(i, i + n)));
    text += length === undefined ? `\\x${bytes[i]!.toString(16).toUpperCase()}` : bytes.toString('utf8', i, i + length);
    i += length ?? 1;
  }
  return text;
}

/** Makes names unique: a literal name can equal the escaped form of another. */
function unique(nonUtf8: readonly FolderEntry[], others: readonly FolderEntry[]): FolderEntry[] {
  const taken = new Set(others.map(({ name }) => name));
  return nonUtf8.map((entry) => {
    let { name } = entry;
    while (taken.has(name)) name = `\\${name}`;
    taken.add(name);
    return { ...entry, name };
  });
}
