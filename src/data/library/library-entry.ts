import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../support/json.js';

/** An archive of images, local or remote. */
export interface ArchiveSpec {
  /** Its name in the cache and in messages: `horse2zebra`. */
  readonly name: string;
  /** An http(s) address, or a local file: exactly one of them. */
  readonly url?: string;
  readonly file?: string;
  /** The expected checksum and size, where known. */
  readonly sha256?: string;
  readonly bytes?: number;
}

/** A file of an unpacked archive, as it was unpacked. */
export interface LibraryFile {
  /** Relative to the entry's folder, parts separated by `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The content of `record.json`, beside the unpacked files. */
export interface LibraryRecord {
  readonly name: string;
  /** Where it was downloaded from, without passwords; `null` for a local file. */
  readonly url: string | null;
  /** SHA-256 of the archive. */
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

export const FILES = 'files';
export const RECORD = 'record.json';

/** The entry in a folder of the library; nothing where there is no valid one. */
export async function readEntry(folder: string): Promise<LibraryEntry | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(folder, RECORD), 'utf8'));
    return isRecord(record) ? { dir: join(folder, FILES), record } : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is LibraryRecord & JsonObject {
  if (!isJsonObject(value)) return false;
  const { name, sha256, bytes, obtained, files } = value;
  const texts = [name, sha256, obtained].every((text) => typeof text === 'string');
  return texts && typeof bytes === 'number' && Array.isArray(files);
}
