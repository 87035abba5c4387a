import { open, type FileHandle } from 'node:fs/promises';
import type { RunRecord } from '../../registry/kinds/record.js';
import { errorCode } from '../../support/files.js';
import { parsedRecord } from '../journal.js';

/** What stands in a journal from a place on. */
export interface Stretch {
  readonly records: readonly RunRecord[];
  /** Where the next one begins, in bytes. */
  readonly end: number;
}

const CHUNK = 1 << 18;
const NEWLINE = 10;

/**
 * Reads whole lines from a place in a journal that may be growing meanwhile.
 *
 * @param start in bytes, where a line begins
 * @param most records; reading also ends where a few hundred kilobytes have at least one
 * @returns none where there is nothing more
 */
export async function readStretch(path: string, start: number, most: number): Promise<Stretch> {
  const file = await openIfThere(path);
  if (file === undefined) return { records: [], end: start };
  try {
    return whole(await bytesWithALine(file, start), start, most);
  } finally {
    await file.close();
  }
}

/** A line may be longer than what is read at once. */
async function bytesWithALine(file: FileHandle, start: number): Promise<Buffer> {
  for (let size = CHUNK; ; size *= 4) {
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, start);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytesRead < size || bytes.includes(NEWLINE)) return bytes;
  }
}

function whole(bytes: Buffer, start: number, most: number): Stretch {
  const records: RunRecord[] = [];
  let at = 0;
  while (records.length < most) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) break;
    const record = parsedRecord(bytes.toString('utf8', at, end));
    if (record !== undefined) records.push(record);
    at = end + 1;
  }
  return { records, end: start + at };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
