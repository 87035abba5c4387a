import { isDebris } from '../../support/debris.js';
import type { ArchiveEntry, EntryKind } from './entry.js';
import { unsafeEntry } from './problems.js';

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
    const trouble = badName(name);
    if (trouble !== undefined) throw unsafeEntry(this.archive, name, trouble);
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (parts.length === 0 || parts.some(isDebris)) return undefined;
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

/** @returns what is wrong with it, in words that follow the name */
function badName(name: string): string | undefined {
  if (name.includes('\0')) return 'has a zero byte in its name';
  if (name.includes('\\')) return 'has a backslash in its name, which is a way out of the folder on Windows';
  if (name.startsWith('/')) return 'has an absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'begins with a drive letter';
  const parts = name.split('/');
  if (parts.includes('..')) return 'leads out of the folder (..)';
  if (Buffer.byteLength(name) > LONGEST_PATH) return `has a path of more than ${LONGEST_PATH} bytes`;
  if (parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME))
    return `has a name of more than ${LONGEST_NAME} bytes`;
  return undefined;
}
