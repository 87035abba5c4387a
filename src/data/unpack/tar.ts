import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { Header, Pax } from 'tar';
import { formatBytes } from '../../support/bytes.js';
import { ByteQueue } from './byte-queue.js';
import type { ArchiveEntry, ArchiveReader, EntryKind, ReadListener } from './archive-entry.js';
import { compressionProblem, decompressed, type Compression } from './decompressed.js';
import { archiveBomb, damagedArchive } from './unpack-problems.js';

const BLOCK = 512;
/** Long names and other metadata; a valid archive needs less. */
const MAX_META_BYTES = 1 << 20;
/** Zeros after the end, which fill a tape's record: usually up to 10 kB. */
const MAX_TRAILING_BYTES = 1 << 23;

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

/** Opens a tar archive, compressed as a whole or not; it is read once, from start to end. */
export function openTar(path: string, compression: Compression, { onRead, onPlain }: ReadListener): ArchiveReader {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on('data', () => onRead(file.bytesRead));
  const plain = decompressed(file, compression);
  const entries = entriesOf(new ByteQueue(plain, onPlain), path);
  const close = () => {
    file.destroy();
    plain.destroy();
    return Promise.resolve();
  };
  return { entries, close };
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

async function* entriesOf(bytes: ByteQueue, path: string): AsyncGenerator<ArchiveEntry> {
  let own: Pax | undefined;
  let shared: Pax | undefined;
  try {
    for (;;) {
      const block = await nextBlock(bytes, path);
      const header = decode(block, own, shared);
      if (header?.nullBlock === true) {
        if (await bytes.drain(MAX_TRAILING_BYTES)) return;
        throw archiveBomb(path, `more than ${formatBytes(MAX_TRAILING_BYTES)} follow its end`);
      }
      if (header?.cksumValid !== true || header.size === undefined)
        throw damagedArchive(path, 'an entry has no valid header');
      const { type, size } = header;
      if (isMeta(type)) {
        const content = await meta(bytes, size, path);
        if (type === 'GlobalExtendedHeader') shared = Pax.parse(content.toString(), shared, true);
        else own = withMeta(type, content, own);
        continue;
      }
      const name = own?.path ?? nameIn(block, header);
      own = undefined;
      const content = bytes.take(size);
      yield { name, kind: KINDS[type] ?? 'unknown', size, content: () => explainingErrors(content, path, name) };
      for await (const rest of content) void rest;
      await bytes.skip((BLOCK - (size % BLOCK)) % BLOCK);
    }
  } catch (error) {
    throw explainError(error, path);
  }
}

async function nextBlock(bytes: ByteQueue, path: string): Promise<Buffer> {
  const found = await bytes.read(BLOCK);
  if (found.length === BLOCK) return found;
  // The two blocks of zeros at the end are often left out; half a header is damage.
  if (found.length === 0) throw damagedArchive(path, 'its end is missing, it was cut short');
  throw damagedArchive(path, 'it ends in the middle of an entry');
}

async function meta(bytes: ByteQueue, size: number, path: string): Promise<Buffer> {
  if (size > MAX_META_BYTES) throw damagedArchive(path, 'an extended header is too long');
  const content = await bytes.read(size);
  await bytes.skip((BLOCK - (size % BLOCK)) % BLOCK);
  return content;
}

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

function isMeta(type: string): boolean {
  return /^(Global|Old)?ExtendedHeader$|^(NextFileHasLong(Path|Linkpath)|OldGnuLongPath)$/.test(type);
}

function withMeta(type: string, content: Buffer, own: Pax | undefined): Pax | undefined {
  if (type.endsWith('ExtendedHeader')) return Pax.parse(content.toString(), own);
  const value = textOf(content).replace(/\0[^]*$/, '');
  return new Pax({ ...own, ...(type === 'NextFileHasLongLinkpath' ? { linkpath: value } : { path: value }) });
}

async function* explainingErrors(
  content: AsyncIterable<Buffer>,
  path: string,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw explainError(error, path, name);
  }
}

/** The problem that an error of the tar reader or the decompression means; any other error stays. */
function explainError(error: unknown, path: string, entry?: string): unknown {
  const where = entry === undefined ? '' : `, in ${JSON.stringify(entry)}`;
  if (error instanceof RangeError) return damagedArchive(path, `it ends too early${where}`);
  return compressionProblem(error, path, where) ?? error;
}
