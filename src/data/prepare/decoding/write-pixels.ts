import { openSync, writeSync } from 'node:fs';
import type { PixelPlace } from '../pixel-file.js';

/** The split files that this thread has opened. Node closes them when the thread ends, which it does with the preparation. */
const files = new Map<string, number>();

/** Writes pixels to their place, in a worker thread. @throws the file system's error */
export function writePixels(data: Uint8Array, { path, offset }: PixelPlace): void {
  let file = files.get(path);
  if (file === undefined) files.set(path, (file = openSync(path, 'r+')));
  for (let done = 0; done < data.length;) {
    done += writeSync(file, data, done, data.length - done, offset + done);
  }
}
