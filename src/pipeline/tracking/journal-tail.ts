import { open, type FileHandle } from 'node:fs/promises';
import type { RunRecord } from '../../registry/kinds/record.js';
import { errorCode } from '../../support/files.js';
import { parsedRecord } from '../journal.js';

/** Consecutive records of a journal. */
export interface JournalChunk {
  readonly records: readonly RunRecord[];
  /** Where the next record begins, in bytes. */
  readonly end: number;
}

const CHUNK = 1 << 18;
const NEWLINE = 10;

/**
 * Reads whole lines from a position in a journal that may be growing.
 *
 * @param start of a line, in bytes
 * @param most records to return; reading also ends after a few hundred kilobytes with at least one
 * @returns no records if there are no more
 */
export async function readJournalChunk(path: string, start: number, most: number): Promise<JournalChunk> {
  const file = await openIfThere(path);
  if (file === undefined) return { records: [], end: start };
  try {
    return whole(await readWholeLine(file, start), start, most);
  } finally {
    await file.close();
  }
}

/** Reads a chunk, larger if needed to contain a whole line. */
async function readWholeLine(file: FileHandle, start: number): Promise<Buffer> {
  for (let size = CHUNK; ; size *= 4) {
    const buffer = Buffer.alloc(size);
    const { bytesRead } = await file.read(buffer, 0, size, start);
    const bytes = buffer.subarray(0, bytesRead);
    if (bytesRead < size || bytes.includes(NEWLINE)) return bytes;
  }
}

function whole(bytes: Buffer, start: number, most: number): JournalChunk {
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
