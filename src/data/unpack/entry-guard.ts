import { isJunkFile } from '../../support/junk-files.js';
import type { ArchiveEntry, EntryKind } from './archive-entry.js';
import { unsafeEntry } from './unpack-problems.js';

/** The limits of common file systems. */
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 1000;

const REFUSED_KINDS: Partial<Readonly<Record<EntryKind, string>>> = {
  'symbolic link': 'is a symbolic link, which could lead anywhere',
  'hard link': 'is a hard link, which could lead anywhere',
  device: 'is a device',
  'named pipe': 'is a named pipe',
  'encrypted file': 'is encrypted',
  unknown: 'is of an unknown kind',
};

/** Checks every entry of every archive before it is written. Names must be unique, even ignoring case. */
export class EntryGuard {
  /** By the name as a case-insensitive file system sees it. */
  readonly #seen = new Map<string, { readonly path: string; readonly kind: 'file' | 'folder' }>();

  constructor(private readonly archive: string) {}

  /**
   * @returns the path to write to, relative and with `/`; nothing for ignored entries (hidden files, junk files of macOS and Windows)
   * @throws ProblemError `unsafe-archive`
   */
  admit(entry: Pick<ArchiveEntry, 'name' | 'kind'>): string | undefined {
    const { name, kind } = entry;
    const path = withSlashes(name);
    const problem = pathProblem(path);
    if (problem !== undefined) throw unsafeEntry(this.archive, name, problem);
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0 || parts.some(isJunkFile)) return undefined;
    const refusal = REFUSED_KINDS[kind];
    if (refusal !== undefined) throw unsafeEntry(this.archive, name, refusal);
    parts.forEach((_, index) => {
      const last = index === parts.length - 1;
      this.#claim(parts.slice(0, index + 1).join('/'), last && kind === 'file' ? 'file' : 'folder', name);
    });
    return parts.join('/');
  }

  #claim(path: string, kind: 'file' | 'folder', name: string): void {
    const key = path.normalize('NFC').toLowerCase();
    const known = this.#seen.get(key);
    if (known === undefined) {
      this.#seen.set(key, { path, kind });
    } else if (known.path !== path) {
      throw unsafeEntry(this.archive, name, `differs from ${JSON.stringify(known.path)} only in upper and lower case`);
    } else if (known.kind !== kind) {
      throw unsafeEntry(this.archive, name, `needs ${JSON.stringify(path)} to be a file and a folder at once`);
    } else if (kind === 'file') {
      throw unsafeEntry(this.archive, name, 'is there twice');
    }
  }
}

/** Replaces the backslashes that some programs on Windows write, before anything is checked: `..\\x` becomes `../x`. */
export function withSlashes(name: string): string {
  return name.replaceAll('\\', '/');
}

/** @returns the problem, as a text that follows the name */
function pathProblem(path: string): string | undefined {
  if (path.includes('\0')) return 'has a zero byte in its name';
  if (path.startsWith('/')) return 'has an absolute path';
  if (/^[A-Za-z]:/.test(path)) return 'begins with a drive letter';
  const parts = path.split('/');
  // Windows drops dots and spaces at the end of a name, so `.. ` and `...` also mean the parent folder.
  if (parts.some((part) => /^\.\.[. ]*$/.test(part))) return 'leads out of the folder (..)';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `has a path of more than ${MAX_PATH_BYTES} bytes`;
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES))
    return `has a name of more than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}
