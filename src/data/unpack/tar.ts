import { formatBytes } from '../../support/bytes.js';
import { ByteQueue } from './byte-queue.js';
import type { ArchiveEntry, ArchiveReader, ReadListener } from './archive-entry.js';
import { compressionProblem, decompressed, type Compression } from './decompressed.js';
import { BLOCK, MAX_META_BYTES, paddingOf, TarHeaders } from './tar-headers.js';
import { archiveBomb, damagedArchive } from './unpack-problems.js';

/** Zeros after the end, which fill a tape's record: usually up to 10 kB. */
const MAX_TRAILING_BYTES = 1 << 23;
/** Bytes read at once. */
const READ_BYTES = 1 << 18;

/** Opens a tar archive, compressed as a whole or not; it is read once, from start to end. */
export function openTar(path: string, compression: Compression, { onRead, onPlain }: ReadListener): ArchiveReader {
  const plain = decompressed(path, compression, { onRead, readBytes: READ_BYTES });
  const entries = entriesOf(new ByteQueue(plain, onPlain), path);
  const close = async () => void (await plain.return());
  return { entries, close };
}

async function* entriesOf(bytes: ByteQueue, path: string): AsyncGenerator<ArchiveEntry> {
  const headers = new TarHeaders();
  try {
    for (;;) {
      const header = headers.next(await nextBlock(bytes, path));
      if (header === 'end') {
        if (await bytes.drain(MAX_TRAILING_BYTES)) return;
        throw archiveBomb(path, `more than ${formatBytes(MAX_TRAILING_BYTES)} follow its end`);
      }
      if (header === undefined) throw damagedArchive(path, 'an entry has no valid header');
      const { name, kind, size } = header;
      if (header.isMeta) {
        headers.addMeta(header, await meta(bytes, size, path));
        continue;
      }
      const content = bytes.take(size);
      yield { name, kind, size, content: () => explainingErrors(content, path, name) };
      for await (const rest of content) void rest;
      await bytes.skip(paddingOf(size));
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
  await bytes.skip(paddingOf(size));
  return content;
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
