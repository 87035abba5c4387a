import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve, basename } from 'node:path';
import { cacheFolder } from '../../support/cache-folder.js';
import { sha256 } from '../../support/hash.js';
import { identityOf } from '../remote/address.js';
import { readEntry, type ArchiveSpec, type LibraryEntry } from './library-entry.js';

/** The library, which all checkouts of a user share. */
export function root(): string {
  return cacheFolder('datasets');
}

/** What an archive is known by while its content is not known; safe as a file name. */
export function keyOf({ sha256: sum, url, file }: ArchiveSpec): string {
  const source = sum ?? (url === undefined ? `file ${resolve(file ?? '')}` : `url ${identityOf(url)}`);
  return sha256(source).slice(0, 24);
}

/** Where an archive's files are published. */
export function folderFor(name: string, sum: string): string {
  return join(root(), `${safeName(name)}-${sum.slice(0, 16)}`);
}

export function lockFor(key: string): string {
  return join(root(), '.locks', key);
}

/** What marks lie beside that say who uses an entry. */
export function usesOf({ dir }: LibraryEntry): string {
  return join(root(), '.locks', basename(dirname(dir)));
}

/** Where downloads lie until they are published, by key. */
export function downloadsRoot(): string {
  return join(root(), '.downloads');
}

export function downloadsFor(key: string): string {
  return join(downloadsRoot(), key);
}

/** What is being built or taken apart, and goes away when who does so dies. */
export function temporaries(): string {
  return join(root(), '.tmp');
}

/** A new place to work in for whoever holds a key's lock. */
export function temporaryFor(key: string): string {
  return join(temporaries(), `${key}-${randomBytes(4).toString('hex')}`);
}

/** Whose lock says whether somebody is at a temporary folder. */
export function keyOfTemporary(folder: string): string {
  return folder.split('-')[0]!;
}

/** What was learnt of an address at first use. */
export function memoryOf(spec: ArchiveSpec): string {
  return join(root(), '.known', `${keyOf(withoutChecksum(spec))}.json`);
}

/** A name that every file system takes, and that cannot be mistaken for one of the library's own. */
export function safeName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 60) || 'archive'
  );
}

/** The entry with an archive's checksum, whatever it is called there. */
export async function locate(name: string, sum: string): Promise<LibraryEntry | undefined> {
  const direct = await readEntry(folderFor(name, sum));
  if (direct?.record.sha256 === sum) return direct;
  const folders = await readdir(root()).catch(() => []);
  for (const folder of folders.filter((one) => !one.startsWith('.') && one.endsWith(`-${sum.slice(0, 16)}`))) {
    const entry = await readEntry(join(root(), folder));
    if (entry?.record.sha256 === sum) return entry;
  }
  return undefined;
}

function withoutChecksum({ name, url, file }: ArchiveSpec): ArchiveSpec {
  return { name, ...(url === undefined ? {} : { url }), ...(file === undefined ? {} : { file }) };
}
