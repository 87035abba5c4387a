import type { ReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import xz from 'xz-decompress';
import { errorCode } from '../../support/files.js';
import { damagedArchive, unsupportedArchive } from './unpack-problems.js';
import type { ProblemError } from '../../support/problem.js';

/** How a tar archive is compressed as a whole. */
export type Compression = 'none' | 'gzip' | 'xz';

/** The plain bytes of a compressed file, as a stream; destroying it does not close the file. Its errors: {@link compressionProblem}. */
export function decompressed(file: ReadStream, compression: Compression): Readable {
  if (compression === 'none') return file;
  if (compression === 'xz') return Readable.from(unxz(file), { objectMode: false });
  const plain = file.pipe(createGunzip({ chunkSize: 1 << 18 }));
  file.on('error', (error) => plain.destroy(error));
  return plain;
}

/** The problem that an error of {@link decompressed} means; undefined for any other error. @param where what was being read, after a comma */
export function compressionProblem(error: unknown, path: string, where = ''): ProblemError | undefined {
  const code = error instanceof XzError ? error.code : errorCode(error);
  if (code === 'Z_BUF_ERROR' || code === XZ_BUF_ERROR) return damagedArchive(path, `it was cut short${where}`);
  if (code === XZ_OPTIONS_ERROR)
    return unsupportedArchive(
      path,
      'is compressed with xz in a way that cannot be read (a SHA-256 check, or a filter)',
    );
  if (error instanceof XzError || String(code).startsWith('Z_'))
    return damagedArchive(path, `its compression is broken${where}`);
  return undefined;
}

/** The results of XZ Embedded (enum xz_ret in xz.h) that mean more than damage. */
const XZ_OPTIONS_ERROR = 6;
const XZ_BUF_ERROR = 8;

class XzError extends Error {
  constructor(readonly code: number) {
    super(`xz result ${code}`);
  }
}

/** One at a time in a process: the library's decoder has one memory, which the end of the iteration frees. */
async function* unxz(file: ReadStream): AsyncGenerator<Buffer> {
  const packed = Readable.toWeb(file) as ReadableStream<Uint8Array>;
  try {
    for await (const chunk of new xz.XzReadableStream(packed) as unknown as ReadableStream<Uint8Array>) {
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } catch (error) {
    const result = /error code (\d+)$/.exec((error as Error).message)?.[1];
    throw result === undefined ? error : new XzError(Number(result));
  }
}
