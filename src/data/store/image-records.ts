import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { corruptStore } from './corrupt-store.js';
import { IMAGES_FILE, type SourceImageRecord } from './store-format.js';

/**
 * Reads the records of all images of a store, good or bad, in the order of the splits and within them of the source. It keeps only a
 * few records in memory.
 *
 * @throws ProblemError `corrupt-store`
 */
export async function* readImages(dir: string): AsyncGenerator<SourceImageRecord, void, undefined> {
  const path = join(dir, IMAGES_FILE);
  let line = 0;
  for await (const text of linesOf(path)) yield parse(text, path, ++line);
}

/** Not readline, which also splits lines at U+2028 (names may contain it) and drops the stream's errors. */
async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  const stream = createReadStream(path, { encoding: 'utf8' });
  let rest = '';
  try {
    for await (const chunk of stream) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw corruptStore(`${path} is missing or cannot be read (${errorCode(error)})`);
  }
  if (rest !== '') yield rest;
}

function parse(text: string, path: string, line: number): SourceImageRecord {
  try {
    return JSON.parse(text) as SourceImageRecord;
  } catch {
    throw corruptStore(`line ${line} of ${path} is damaged`);
  }
}
