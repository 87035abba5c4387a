import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Header, Pax } from 'tar';
import { formatBytes } from '../../support/bytes.js';
import { errorCode } from '../../support/files.js';
import { ByteQueue } from './byte-queue.js';
import type { ArchiveEntry, ArchiveReader, EntryKind, ReadListener } from './archive-entry.js';
import { bomb, damaged } from './unpack-problems.js';

const BLOCK = 512;
/** Long names and the like; nothing good needs more. */
const LONGEST_META = 1 << 20;
/** Zeros after the end, to fill a tape's record: usually to 10 kB. */
const LONGEST_REST = 1 << 23;

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

/** Opens a tar archive, compressed with gzip or not; it is read once, from start to end. */
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

/** Whether a block begins a tar archive: every header has a checksum of itself. */
export function isTar(block: Buffer): boolean {
  return block.length >= BLOCK && decode(block)?.cksumValid === true;
}

function decode(block: Buffer, own?: Pax, shared?: Pax): Header | undefined {
  try {
    return new Header(block, 0, own, shared);
  } catch {
    // Numbers that are none.
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
        if (await bytes.drain(LONGEST_REST)) return;
        throw bomb(path, `more than ${formatBytes(LONGEST_REST)} come after its end`);
      }
      if (header?.cksumValid !== true || header.size === undefined) throw damaged(path, 'an entry has no valid header');
      const { type, size } = header;
      if (isMeta(type)) {
        const text = await meta(bytes, size, path);
        if (type === 'GlobalExtendedHeader') shared = Pax.parse(text, shared, true);
        else own = described(type, text, own);
        continue;
      }
      const name = own?.path ?? header.path ?? '';
      own = undefined;
      const content = bytes.take(size);
      yield { name, kind: KINDS[type] ?? 'unknown', size, content: () => whole(content, path, name) };
      for await (const rest of content) void rest;
      await bytes.skip((BLOCK - (size % BLOCK)) % BLOCK);
    }
  } catch (error) {
    throw told(error, path);
  }
}

async function block(bytes: ByteQueue, path: string): Promise<Buffer> {
  const found = await bytes.read(BLOCK);
  if (found.length === BLOCK) return found;
  // The two blocks of zeros at the end are often left out; half a header is damage.
  if (found.length === 0) throw damaged(path, 'its end is missing, it was cut short');
  throw damaged(path, 'it ends in the middle of an entry');
}

async function meta(bytes: ByteQueue, size: number, path: string): Promise<string> {
  if (size > LONGEST_META) throw damaged(path, 'an extended header is too long');
  const text = (await bytes.read(size)).toString('utf8');
  await bytes.skip((BLOCK - (size % BLOCK)) % BLOCK);
  return text;
}

function isMeta(type: string): boolean {
  return /^(Global|Old)?ExtendedHeader$|^(NextFileHasLong(Path|Linkpath)|OldGnuLongPath)$/.test(type);
}

function described(type: string, text: string, own: Pax | undefined): Pax | undefined {
  if (type.endsWith('ExtendedHeader')) return Pax.parse(text, own);
  const value = text.replace(/\0[^]*$/, '');
  return new Pax({ ...own, ...(type === 'NextFileHasLongLinkpath' ? { linkpath: value } : { path: value }) });
}

async function* whole(content: AsyncIterable<Buffer>, path: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* content;
  } catch (error) {
    throw told(error, path, name);
  }
}

function told(error: unknown, path: string, entry?: string): unknown {
  const where = entry === undefined ? '' : `, in ${JSON.stringify(entry)}`;
  if (error instanceof RangeError) return damaged(path, `it ends too early${where}`);
  if (errorCode(error) === 'Z_BUF_ERROR') return damaged(path, `it was cut short${where}`);
  if (errorCode(error)?.startsWith('Z_') === true) return damaged(path, `its compression is broken${where}`);
  return error;
}
