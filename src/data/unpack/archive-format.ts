import { open } from 'node:fs/promises';
import { ByteQueue } from './byte-queue.js';
import { compressionProblem, decompressed, type Compression } from './decompressed.js';
import { damagedArchive, unsupportedArchive } from './unpack-problems.js';
import { isTar } from './tar-headers.js';

/** The format of an archive: zip, or tar by its compression. */
export type ArchiveFormat = 'zip' | { readonly tar: Compression };

/** First bytes of compressed files, in hexadecimal. */
const COMPRESSED = { gzip: '1f8b', xz: 'fd377a585a00' };

/** First bytes of other formats, in hexadecimal. */
const OTHERS: readonly (readonly [start: string, name: string])[] = [
  ['526172211a07', 'is a RAR archive'],
  ['377abcaf271c', 'is a 7z archive'],
  ['425a68', 'is compressed with bzip2'],
  ['28b52ffd', 'is compressed with zstd'],
  ['ffd8ff', 'is an image, not an archive'],
  ['89504e47', 'is an image, not an archive'],
];

/** The format of an archive by its content, as names can be wrong. @throws ProblemError `unsupported-archive` or `damaged-archive` */
export async function archiveFormat(path: string): Promise<ArchiveFormat> {
  const start = await startOf(path);
  const hex = start.subarray(0, 8).toString('hex');
  if (start.length === 0) throw damagedArchive(path, 'it is empty (0 bytes)');
  if (/^504b(0304|0506|3030504b0304)/.test(hex)) return 'zip';
  if (hex.startsWith('504b0708')) throw unsupportedArchive(path, 'is one of several parts of an archive');
  if (isTar(start)) return { tar: 'none' };
  for (const compression of ['gzip', 'xz'] as const) {
    if (!hex.startsWith(COMPRESSED[compression])) continue;
    if (isTar(await plainStart(path, compression))) return { tar: compression };
    throw unsupportedArchive(path, `is compressed with ${compression} and has no tar archive inside`);
  }
  const other = OTHERS.find(([bytes]) => hex.startsWith(bytes));
  if (other !== undefined) throw unsupportedArchive(path, other[1]);
  throw unsupportedArchive(
    path,
    /^\s*</.test(start.toString('latin1')) ? 'is a web page or XML' : 'is not an archive of a known format',
  );
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function plainStart(path: string, compression: Compression): Promise<Buffer> {
  const plain = decompressed(path, compression, { onRead: () => undefined, readBytes: 4096 });
  try {
    return await new ByteQueue(plain).read(512);
  } catch (error) {
    throw compressionProblem(error, path) ?? error;
  } finally {
    await plain.return();
  }
}
