import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isJunkFile } from '../../../support/junk-files.js';

/** Something in a folder. */
export interface FolderEntry {
  /** As people see it: bytes that are no UTF-8 are written as `\xE9`. Unique in the folder. */
  readonly name: string;
  /** The name in bytes, where it is no UTF-8. */
  readonly raw?: Buffer;
  /** A link is what it leads to; one that leads nowhere is a file, which cannot be read. */
  readonly kind: 'folder' | 'file';
  readonly link: boolean;
}

/** What is in a folder, in no order; without hidden entries, debris, and what is neither file nor folder. */
export async function entriesIn(path: string | Buffer): Promise<FolderEntry[]> {
  const entries: FolderEntry[] = [];
  const strange: (FolderEntry & { readonly raw: Buffer })[] = [];
  for (const entry of await readdir(path, { withFileTypes: true, encoding: 'buffer' })) {
    // The name is bytes, which this version's types of Node do not say.
    const bytes = entry.name as unknown as Buffer;
    const name = bytes.toString();
    if (isJunkFile(name)) continue;
    const link = entry.isSymbolicLink();
    const kind = link ? await targetOf(joinBytes(path, bytes)) : kindOf(entry);
    if (kind === undefined) continue;
    if (isUtf8(bytes)) entries.push({ name, kind, link });
    else strange.push({ name: escaped(bytes), raw: Buffer.from(bytes), kind, link });
  }
  return strange.length === 0 ? entries : [...entries, ...unique(strange, entries)];
}

/** A path and a name as bytes; as text where both are. */
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

/** Two names can look the same when one of them has the escape in it as it is. */
function unique(strange: readonly FolderEntry[], others: readonly FolderEntry[]): FolderEntry[] {
  const taken = new Set(others.map(({ name }) => name));
  return strange.map((entry) => {
    let { name } = entry;
    while (taken.has(name)) name = `\\${name}`;
    taken.add(name);
    return { ...entry, name };
  });
}
