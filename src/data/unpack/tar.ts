import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Header, Pax } from 'tar';
import { formatBytes } from '../../support/bytes.js';
import { errorCode } from '../../support/files.js';
import { ByteQueue } from './byte-queue.js';
import type { ArchiveEntry, ArchiveReader, EntryKind, ReadListener } from './archive-entry.js';
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

/** Opens a tar archive, optionally compressed with gzip; it is read once, from start to end. */
export function openTar(path: string, gzip: boolean, { onRead, onPlain }: ReadListener): ArchiveReader {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  file.on('data', () => onRead(file.bytesRead));
  const plain = gzip ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  if (plain !== file) file.on('error', (error) => plain.destroy(error));
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
      const header = decode(await block(bytes, path), own, shared);
      if (header?.nullBlock === true) {
        if (await bytes.drain(MAX_TRAILING_BYTES)) return;
        throw archiveBomb(path, `more than ${formatBytes(MAX_TRAILING_BYTES)} follow its end`);
      }
      if (header?.cksumValid !== true || header.size === undefined)
        throw damagedArchive(path, 'an entry has no valid header');
      const { type, size } = header;
      if (isMeta(type)) {
        const text = await meta(bytes, size, path);
        if (type === 'GlobalExtendedHeader') shared = Pax.parse(text, shared, true);
        else own = withLongName(type, text, own);
        continue;
      }
      const name = own?.path ?? header.path ?? '';
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

async function block(bytes: ByteQueue, path: string): Promise<Buffer> {
  const found = await bytes.read(BLOCK);
  if (found.length === BLOCK) return found;
  // The two blocks of zeros at the end are often left out; half a header is damage.
  if (found.length === 0) throw damagedArchive(path, 'its end is missing, it was cut short');
  throw damagedArchive(path, 'it ends in the middle of an entry');
}

async function meta(bytes: ByteQueue, size: number, path: string): Promise<string> {
  if (size > MAX_META_BYTES) throw damagedArchive(path, 'an extended header is too long');
  const text = (await bytes.read(size)).toString('utf8');
  await bytes.skip((BLOCK - (size % BLOCK)) % BLOCK);
  return text;
}

function isMeta(type: string): boolean {
  return /^(Global|Old)?ExtendedHeader$|^(NextFileHasLong(Path|Linkpath)|OldGnuLongPath)$/.test(type);
}

function withLongName(type: string, text: string, own: Pax | undefined): Pax | undefined {
  if (type.endsWith('ExtendedHeader')) return Pax.parse(text, own);
  const value = text.replace(/\0[^]*$/, '');
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

/** The problem that an error of the tar or gzip reader means; any other error stays. */
function explainError(error: unknown, path: string, entry?: string): unknown {
  const where = entry === undefined ? '' : `, in ${JSON.stringify(entry)}`;
  if (error instanceof RangeError) return damagedArchive(path, `it ends too early${where}`);
  if (errorCode(error) === 'Z_BUF_ERROR') return damagedArchive(path, `it was cut short${where}`);
  if (errorCode(error)?.startsWith('Z_') === true) return damagedArchive(path, `its compression is broken${where}`);
  return error;
}
