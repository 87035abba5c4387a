import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PackedReading } from './archive-entry.js';
import type { XzReply, XzTask } from './xz-worker.js';

/** The results of XZ Embedded (enum xz_ret in xz.h) that mean more than damage. */
export const XZ = { MEM_ERROR: 3, MEMLIMIT_ERROR: 4, OPTIONS_ERROR: 6, BUF_ERROR: 8 } as const;

/** The decoder failed, with a result of XZ Embedded. */
export class XzError extends Error {
  constructor(readonly code: number) {
    super(`xz result ${code}`);
  }
}

const WORKER = fileURLToPath(new URL('./xz-worker.js', import.meta.url));

/**
 * The plain bytes of a .xz file. Each file has a worker thread: the library decodes one file at a time in a thread, and would let a second
 * one wait until the first is read or closed.
 */
export async function* unxz(path: string, { onRead, readBytes }: PackedReading): AsyncGenerator<Buffer, void> {
  const worker = new Worker(WORKER, { workerData: { path, readBytes } satisfies XzTask });
  try {
    for (;;) {
      const reply = await nextOf(worker);
      if ('xzResult' in reply) throw new XzError(reply.xzResult);
      if ('error' in reply) throw Object.assign(new Error(reply.error.message), { code: reply.error.code });
      onRead(reply.read);
      if (reply.chunk === undefined) return;
      yield Buffer.from(reply.chunk.buffer, reply.chunk.byteOffset, reply.chunk.byteLength);
    }
  } finally {
    await worker.terminate();
  }
}

/** Asks for the next chunk. Between chunks, a forgotten thread keeps no process alive. */
async function nextOf(worker: Worker): Promise<XzReply> {
  worker.ref();
  worker.postMessage('next');
  try {
    const [reply] = (await once(worker, 'message')) as [XzReply];
    return reply;
  } finally {
    worker.unref();
  }
}
