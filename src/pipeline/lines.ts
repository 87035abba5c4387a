import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { errorCode } from '../support/files.js';

const chunk = 1 << 18;
const newline = 10;

/** Iterates over the lines of a text file, with bounded memory; yields nothing if there is no file. */
export function* linesOf(path: string): Generator<string> {
  const file = openToRead(path);
  if (file === undefined) return;
  try {
    const buffer = Buffer.alloc(chunk);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, length))).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}

/** Truncates a file after its last newline. @param file open for reading and writing */
export function cutUnfinishedLine(file: number): void {
  const { size } = fstatSync(file);
  const buffer = Buffer.alloc(chunk);
  for (let end = size; end > 0; end -= chunk) {
    const start = Math.max(0, end - chunk);
    const length = readSync(file, buffer, 0, end - start, start);
    const last = buffer.subarray(0, length).lastIndexOf(newline);
    if (last < 0) continue;
    if (start + last + 1 < size) ftruncateSync(file, start + last + 1);
    return;
  }
  if (size > 0) ftruncateSync(file, 0);
}

function openToRead(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
