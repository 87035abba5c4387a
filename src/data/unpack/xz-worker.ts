/** A worker thread: reads and decompresses one .xz file, a chunk for each message. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { parentPort, workerData } from 'node:worker_threads';
import xz from 'xz-decompress';
import { errorCode } from '../../support/files.js';

export interface XzTask {
  readonly path: string;
  /** Bytes of the file to read at once. */
  readonly readBytes: number;
}

/** A chunk with the number of the file's bytes read so far; none at the end. Or a failure: of the decoder, or of the file system. */
export type XzReply =
  | { readonly chunk: Uint8Array<ArrayBuffer> | undefined; readonly read: number }
  | { readonly xzResult: number }
  | { readonly error: { readonly message: string; readonly code: string | undefined } };

const { path, readBytes } = workerData as XzTask;
const file = createReadStream(path, { highWaterMark: readBytes });
const packed = Readable.toWeb(file) as ReadableStream<Uint8Array>;
const plain = (new xz.XzReadableStream(packed) as unknown as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();

parentPort!.on('message', () => {
  void next().then((reply) => {
    parentPort!.postMessage(reply, 'chunk' in reply && reply.chunk !== undefined ? [reply.chunk.buffer] : []);
  });
});

async function next(): Promise<XzReply> {
  try {
    const { value } = await plain.read();
    return { chunk: value, read: file.bytesRead };
  } catch (error) {
    const { message } = error as Error;
    const result = /error code (\d+)$/.exec(message)?.[1];
    return result === undefined ? { error: { message, code: errorCode(error) } } : { xzResult: Number(result) };
  }
}
