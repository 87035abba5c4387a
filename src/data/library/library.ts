import type { SourceWork } from '../../registry/kinds/dataset.js';
import type { Problem } from '../../support/problem.js';

/** An archive of pictures, wherever it is. */
export interface ArchiveSpec {
  /** Names it in the cache and to people: `horse2zebra`. */
  readonly name: string;
  /** http(s) address; or a file on this machine. One of them. */
  readonly url?: string;
  readonly file?: string;
  /** What it must be, where that is known. */
  readonly sha256?: string;
  readonly bytes?: number;
}

/** A file of an unpacked archive, as it was when it was unpacked. */
export interface LibraryFile {
  /** Relative to the entry's folder, parts separated by `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What is kept beside the unpacked files, as `record.json`. */
export interface LibraryRecord {
  readonly name: string;
  /** Where it came from, without passwords; `null` for a file of this machine. */
  readonly url: string | null;
  /** Of the archive. */
  readonly sha256: string;
  /** Size of the archive. */
  readonly bytes: number;
  /** ISO time. */
  readonly obtained: string;
  readonly files: readonly LibraryFile[];
}

/** An unpacked archive in the user's cache. */
export interface LibraryEntry {
  /** Folder of the unpacked files. */
  readonly dir: string;
  readonly record: LibraryRecord;
}

/**
 * What is in the cache of an archive, if it is there: by its checksum where the spec has one, else by name and address (whose checksum
 * was recorded at first use). Fast: nothing is compared with checksums, see {@link verify}.
 */
export function find(_spec: ArchiveSpec): Promise<LibraryEntry | undefined> {
  return Promise.reject(new Error('not written yet'));
}

/**
 * The archive's files, fetched (downloaded or read), checked, unpacked and published first where they are not there. Of several
 * processes that want the same, one does it and the others wait.
 */
export function obtain(_spec: ArchiveSpec, _work: SourceWork): Promise<LibraryEntry> {
  return Promise.reject(new Error('not written yet'));
}

/** All that is in the cache, by name. */
export function entries(): Promise<readonly (LibraryEntry & { readonly bytesOnDisk: number })[]> {
  return Promise.reject(new Error('not written yet'));
}

/** Compares every file with its checksum. */
export function verify(_entry: LibraryEntry, _work: SourceWork): Promise<readonly Problem[]> {
  return Promise.reject(new Error('not written yet'));
}

/** Removes an entry's files from the disk. */
export function remove(_entry: LibraryEntry): Promise<void> {
  return Promise.reject(new Error('not written yet'));
}
