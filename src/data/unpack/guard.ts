import { isJunkFile } from '../../support/junk-files.js';
import type { ArchiveEntry, EntryKind } from './archive-entry.js';
import { unsafeEntry } from './unpack-problems.js';

/** What common file systems take. */
const LONGEST_NAME = 255;
const LONGEST_PATH = 1000;

const REFUSED: Partial<Readonly<Record<EntryKind, string>>> = {
  'symbolic link': 'is a symbolic link, which could lead anywhere',
  'hard link': 'is a hard link, which could lead anywhere',
  device: 'is a device',
  'named pipe': 'is a named pipe',
  'encrypted file': 'is encrypted',
  unknown: 'is of a kind that is not known',
};

/** The one door through which every entry of every archive goes. It remembers what it let in: names must be unique, even without regard to case. */
export class Guard {
  /** By the name as a file system without case knows it. */
  readonly #seen = new Map<string, { readonly path: string; readonly kind: 'file' | 'folder' }>();

  constructor(private readonly archive: string) {}

  /**
   * @returns the path to write to, relative and with `/`; nothing for what is passed over (hidden files, what macOS and Windows leave)
   * @throws ProblemError `unsafe-archive`
   */
  admit(entry: Pick<ArchiveEntry, 'name' | 'kind'>): string | undefined {
    const { name, kind } = entry;
    const path = withSlashes(name);
    const trouble = badPath(path);
    if (trouble !== undefined) throw unsafeEntry(this.archive, name, trouble);
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0 || parts.some(isJunkFile)) return undefined;
    const refusal = REFUSED[kind];
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

/** Some programs on Windows write paths with backslashes. They are read as slashes before anything is checked, so `..\\x` is `../x`. */
export function withSlashes(name: string): string {
  return name.replaceAll('\\', '/');
}

/** @returns what is wrong with it, in words that follow the name */
function badPath(path: string): string | undefined {
  if (path.includes('\0')) return 'has a zero byte in its name';
  if (path.startsWith('/')) return 'has an absolute path';
  if (/^[A-Za-z]:/.test(path)) return 'begins with a drive letter';
  const parts = path.split('/');
  // Windows drops dots and spaces at the end of a name: `.. ` and `...` are ways up there, too.
  if (parts.some((part) => /^\.\.[. ]*$/.test(part))) return 'leads out of the folder (..)';
  if (Buffer.byteLength(path) > LONGEST_PATH) return `has a path of more than ${LONGEST_PATH} bytes`;
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME))
    return `has a name of more than ${LONGEST_NAME} bytes`;
  return undefined;
}
