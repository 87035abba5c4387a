import type { DecodeResult, DecodeFileTask, DecodeTask } from './decode-result.js';

/** Decodes images, several at a time. */
export interface Decoder {
  /** How many images keep it busy. */
  readonly width: number;
  decode(task: DecodeTask): Promise<DecodeResult>;
  /** Reads and decodes a file. @returns nothing where it is better read first: it is large, or not to be read just now */
  decodeFile?(task: DecodeFileTask): Promise<DecodeResult | undefined>;
  /** Ends what is under way: its promises reject. */
  close(): Promise<void>;
}
