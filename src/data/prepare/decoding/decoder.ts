import type { DecodeResult, DecodeFileTask, DecodeTask } from './decode-result.js';

/** Decodes images, several at once. */
export interface Decoder {
  /** The number of concurrent images that keeps it busy. */
  readonly width: number;
  /** The same for small files, of which several go to a worker at once; by default `width`. */
  readonly widthOfFiles?: number;
  decode(task: DecodeTask): Promise<DecodeResult>;
  /** Reads and decodes a file. @returns nothing if the caller should read the file: it is large, or this decoder does not read now */
  decodeFile?(task: DecodeFileTask): Promise<DecodeResult | undefined>;
  /** Stops running tasks: their promises reject. */
  close(): Promise<void>;
}
