import { openSync, writeSync, writevSync } from 'node:fs';
import type { PixelPlace } from '../pixel-file.js';

/** Pixels, and where they belong. */
export interface PlacedPixels {
  readonly data: Uint8Array;
  readonly to: PixelPlace;
}

/** The split files that this thread has opened. Node closes them when the thread ends, which it does with the preparation. */
const files = new Map<string, number>();

/** Writes images to their places, neighbours in one call. @throws the file system's error */
export function writePixels(images: readonly PlacedPixels[]): void {
  for (let start = 0; start < images.length;) {
    let end = start + 1;
    while (end < images.length && isNext(images[end - 1]!, images[end]!)) end++;
    const neighbours = images.slice(start, end).map(({ data }) => data);
    writeTogether(neighbours, images[start]!.to);
    start = end;
  }
}

function isNext({ data, to }: PlacedPixels, { to: other }: PlacedPixels): boolean {
  return to.path === other.path && to.offset + data.length === other.offset;
}

function writeTogether(pieces: readonly Uint8Array[], { path, offset }: PixelPlace): void {
  let file = files.get(path);
  if (file === undefined) files.set(path, (file = openSync(path, 'r+')));
  let written = writevSync(file, pieces, offset);
  // A short write happens where the disk becomes full; the next one then fails.
  let at = offset;
  for (const piece of pieces) {
    let done = Math.min(written, piece.length);
    written -= done;
    while (done < piece.length) done += writeSync(file, piece, done, piece.length - done, at + done);
    at += piece.length;
  }
}
