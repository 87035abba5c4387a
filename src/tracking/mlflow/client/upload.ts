import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Upload } from './http.js';

/**
 * A file, or bytes, as they are sent; every attempt sends them from their beginning.
 *
 * @throws the file system's error where there is no such file
 */
export async function uploadOf(file: string | Uint8Array): Promise<Upload> {
  if (typeof file !== 'string') return { size: file.byteLength, open: () => Buffer.from(file) };
  const found = await stat(file);
  if (!found.isFile()) throw new TypeError(`A file was expected; ${file} is none`);
  const { size } = found;
  return {
    size,
    open: () => (size === 0 ? Buffer.alloc(0) : Readable.from(exactly(file, size), { objectMode: false })),
  };
}

/** What was announced has to come: no more of a file that grows meanwhile, and an end with an error of one that shrinks. */
async function* exactly(file: string, size: number): AsyncGenerator<Buffer, void, undefined> {
  let sent = 0;
  for await (const chunk of createReadStream(file, { end: size - 1 })) {
    sent += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  if (sent < size) throw new RangeError(`${file} became shorter while it was sent`);
}
