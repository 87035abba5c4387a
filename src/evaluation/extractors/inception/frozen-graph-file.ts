import { readFile } from 'node:fs/promises';
import { openTar } from '../../../data/unpack/tar.js';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';

/** Far above the 96 MB of Inception. */
const MOST_BYTES = 1e9;

/** The bytes of a frozen graph: of a .pb file, or of the only one in a .tgz. @throws ProblemError `missing-weights`, `unreadable-weights` */
export async function readFrozenGraph(path: string, cure: string): Promise<Uint8Array> {
  try {
    return /\.(tgz|tar\.gz)$/.test(path) ? await unpacked(path) : await readFile(path);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    const message = `The graph of the Inception network is not there: ${path} (${errorCode(error)}).`;
    throw new ProblemError({ code: 'missing-weights', message, cure });
  }
}

async function unpacked(path: string): Promise<Uint8Array> {
  const reader = openTar(path, 'gzip', { onRead: () => undefined, onPlain: () => undefined });
  try {
    for await (const entry of reader.entries) {
      if (entry.kind !== 'file' || !entry.name.endsWith('.pb') || entry.size > MOST_BYTES) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry.content()) chunks.push(chunk);
      return Buffer.concat(chunks);
    }
  } finally {
    await reader.close();
  }
  throw new ProblemError({
    code: 'unreadable-weights',
    message: `The archive ${path} contains no frozen graph (a .pb file).`,
    cure: 'inception-2015-12-05.tgz contains classify_image_graph_def.pb.',
  });
}
