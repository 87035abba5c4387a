import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../support/files.js';
import type { ProblemError } from '../../support/problem.js';
import type { PackedReading } from './archive-entry.js';
import { damagedArchive, unsupportedArchive } from './unpack-problems.js';
import { unxz, XZ, XzError } from './unxz.js';

/** How a tar archive is compressed as a whole. */
export type Compression = 'none' | 'gzip' | 'xz';

/**
 * The plain bytes of a compressed file. It is opened when the first are asked for, and closed at the end, by an error, or by `return`.
 * Its errors: {@link compressionProblem}.
 */
export async function* decompressed(
  path: string,
  compression: Compression,
  reading: PackedReading,
): AsyncGenerator<Buffer, void> {
  if (compression === 'xz') return yield* unxz(path, reading);
  const file = createReadStream(path, { highWaterMark: reading.readBytes });
  const plain = compression === 'gzip' ? file.pipe(createGunzip({ chunkSize: 1 << 18 })) : file;
  // A pipe passes on no errors.
  if (plain !== file) file.on('error', (error) => plain.destroy(error));
  try {
    for await (const chunk of plain as AsyncIterable<Buffer>) {
      reading.onRead(file.bytesRead);
      yield chunk;
    }
  } finally {
    file.destroy();
  }
}

/** The problem that an error of {@link decompressed} means; undefined for any other error. @param where what was being read, after a comma */
export function compressionProblem(error: unknown, path: string, where = ''): ProblemError | undefined {
  const code = error instanceof XzError ? error.code : errorCode(error);
  if (code === 'Z_BUF_ERROR' || code === XZ.BUF_ERROR) return damagedArchive(path, `it was cut short${where}`);
  if (code === XZ.OPTIONS_ERROR)
    return unsupportedArchive(
      path,
      'is compressed with xz in a way that cannot be read (a SHA-256 check, or a filter)',
    );
  if (code === XZ.MEM_ERROR || code === XZ.MEMLIMIT_ERROR)
    return unsupportedArchive(path, 'is compressed with xz and a dictionary that is too large (use xz -9 or less)');
  if (error instanceof XzError || String(code).startsWith('Z_'))
    return damagedArchive(path, `its compression is broken${where}`);
  return undefined;
}
