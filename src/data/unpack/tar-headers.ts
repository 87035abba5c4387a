import { isUtf8 } from 'node:buffer';
import { Header, Pax } from 'tar';
import type { EntryKind } from './archive-entry.js';

/** The size of a header in bytes; contents are filled up to a multiple of it. */
export const BLOCK = 512;
/** Long names and other metadata; a valid archive needs less. */
export const MAX_META_BYTES = 1 << 20;

const KINDS: Readonly<Record<string, EntryKind>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'folder',
  GNUDumpDir: 'folder',
  SymbolicLink: 'symbolic link',
  Link: 'hard link',
  CharacterDevice: 'device',
  BlockDevice: 'device',
  FIFO: 'named pipe',
};

/** An entry, or metadata of the next ones, whose content is for {@link TarHeaders.addMeta}. */
export interface TarHeader {
  readonly size: number;
  readonly type: string;
  readonly isMeta: boolean;
  readonly name: string;
  readonly kind: EntryKind;
}

/** Decodes the headers of a tar archive in their order, with the long names and other metadata that precede entries. */
export class TarHeaders {
  #own: Pax | undefined;
  #shared: Pax | undefined;

  /** @param block of {@link BLOCK} bytes @returns undefined for a damaged header */
  next(block: Buffer): TarHeader | 'end' | undefined {
    const header = decode(block, this.#own, this.#shared);
    if (header?.nullBlock === true) return 'end';
    if (header?.cksumValid !== true || header.size === undefined) return undefined;
    const { type, size } = header;
    const isMeta = META.test(type);
    const name = this.#own?.path ?? nameIn(block, header);
    if (!isMeta) this.#own = undefined;
    return { size, type, isMeta, name, kind: KINDS[type] ?? 'unknown' };
  }

  /** @param content of an entry with `isMeta` */
  addMeta({ type }: TarHeader, content: Buffer): void {
    if (type === 'GlobalExtendedHeader') this.#shared = Pax.parse(content.toString(), this.#shared, true);
    else if (type.endsWith('ExtendedHeader')) this.#own = Pax.parse(content.toString(), this.#own);
    else {
      const value = textOf(content).replace(/\0[^]*$/, '');
      const long = type === 'NextFileHasLongLinkpath' ? { linkpath: value } : { path: value };
      this.#own = new Pax({ ...this.#own, ...long });
    }
  }
}

/** The bytes that fill up a content of this size. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Whether a block is the first of a tar archive: every header contains its own checksum. */
export function isTar(block: Buffer): boolean {
  return block.length >= BLOCK && decode(block)?.cksumValid === true;
}

function decode(block: Buffer, own?: Pax, shared?: Pax): Header | undefined {
  try {
    return new Header(block, 0, own, shared);
  } catch {
    // Fields that are not numbers.
    return undefined;
  }
}

const META = /^(Global|Old)?ExtendedHeader$|^(NextFileHasLong(Path|Linkpath)|OldGnuLongPath)$/;

/** The name in a header's block; the library's has the same character for all bytes that are not UTF-8. */
function nameIn(block: Buffer, { path = '' }: Header): string {
  if (!path.includes('\ufffd')) return path;
  const field = (start: number, length: number) => textOf(block.subarray(start, start + length)).replace(/\0[^]*$/, '');
  const prefix = block.toString('latin1', 257, 265) === 'ustar\x0000' ? field(345, 155) : '';
  return prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
}

/** UTF-8, or where it is not valid, Latin-1, in which different bytes stay different. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
