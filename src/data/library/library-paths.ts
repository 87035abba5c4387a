import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve, basename } from 'node:path';
import { cacheFolder } from '../../support/cache-folder.js';
import { sha256 } from '../../support/hash.js';
import { urlIdentity } from '../remote/address.js';
import { readEntry, type ArchiveSpec, type LibraryEntry } from './library-entry.js';

/** The library's folder, which all projects of a user share. */
export function libraryRoot(): string {
  return cacheFolder('datasets');
}

/** The key of an archive before its content is known; safe as a file name. */
export function archiveKey({ sha256: sum, url, file }: ArchiveSpec): string {
  const source = sum ?? (url === undefined ? `file ${resolve(file ?? '')}` : `url ${urlIdentity(url)}`);
  return sha256(source).slice(0, 24);
}

/** Where an archive's files are published. */
export function entryFolder(name: string, sum: string): string {
  return join(libraryRoot(), `${safeName(name)}-${sum.slice(0, 16)}`);
}

export function lockFor(key: string): string {
  return join(libraryRoot(), '.locks', key);
}

/** The path beside which the leases on an entry lie. */
export function leasesDir({ dir }: LibraryEntry): string {
  return join(libraryRoot(), '.locks', basename(dirname(dir)));
}

/** Unpublished downloads, a folder for each key. */
export function downloadsRoot(): string {
  return join(libraryRoot(), '.downloads');
}

export function downloadsFor(key: string): string {
  return join(downloadsRoot(), key);
}

/** Entries being unpacked or removed; those of dead processes are deleted. */
export function temporaryRoot(): string {
  return join(libraryRoot(), '.tmp');
}

/** A new temporary folder for the holder of a key's lock. */
export function temporaryFor(key: string): string {
  return join(temporaryRoot(), `${key}-${randomBytes(4).toString('hex')}`);
}

/** The key whose lock shows whether a process works in a temporary folder. */
export function keyOfTemporary(folder: string): string {
  return folder.split('-')[0]!;
}

/** The file that records an archive's checksum at its first use. */
export function checksumPath(spec: ArchiveSpec): string {
  return join(libraryRoot(), '.known', `${archiveKey(withoutChecksum(spec))}.json`);
}

/** A name that every file system accepts, and that differs from the library's own files. */
export function safeName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 60) || 'archive'
  );
}

/** The entry of the archive with this checksum, under any name. */
export async function findByChecksum(name: string, sum: string): Promise<LibraryEntry | undefined> {
  const direct = await readEntry(entryFolder(name, sum));
  if (direct?.record.sha256 === sum) return direct;
  const folders = await readdir(libraryRoot()).catch(() => []);
  for (const folder of folders.filter((name) => !name.startsWith('.') && name.endsWith(`-${sum.slice(0, 16)}`))) {
    const entry = await readEntry(join(libraryRoot(), folder));
    if (entry?.record.sha256 === sum) return entry;
  }
  return undefined;
}

function withoutChecksum({ name, url, file }: ArchiveSpec): ArchiveSpec {
  return { name, ...(url === undefined ? {} : { url }), ...(file === undefined ? {} : { file }) };
}
