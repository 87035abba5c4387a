import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileImage, nameBelow } from './file-images.js';
import type { InputImage } from './input-image.js';

/**
 * The images that a text file lists, one path a line; empty lines are ignored.
 *
 * @param file the list; `-` is the standard input
 * @param root the folder that paths are relative to
 */
export async function* listedImages(file: string, root: string): AsyncGenerator<InputImage> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    const path = line.trim();
    if (path !== '') yield fileImage(resolve(root, path), nameBelow(root, resolve(root, path)));
  }
}
