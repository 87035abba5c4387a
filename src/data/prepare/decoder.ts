import { availableParallelism } from 'node:os';
import sharp from 'sharp';
import { answer } from './answer.js';
import type { Decoder } from './preparer.js';

/** Decodes on this thread; sharp's own part is done in the thread pool. */
export function decoderFor(): Decoder {
  sharp.concurrency(1);
  sharp.cache(false);
  return { width: availableParallelism() + 2, decode: answer, close: () => Promise.resolve() };
}
