import { readFile, stat } from 'node:fs/promises';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject, type Json } from '../../support/json.js';

/** How far a tracker has received the journal. */
export interface Cursor {
  /** The value of `TrackerComponent.destination`. */
  readonly destination: string;
  /** Bytes of the journal. */
  readonly offset: number;
  /** The tracker's own. */
  readonly state: Json | undefined;
}

/** Reads a cursor from its file; at the beginning if it is missing, damaged, or another destination's. */
export async function readCursor(file: string, destination: string): Promise<Cursor> {
  const kept = parsed(await textOf(file));
  return kept?.destination === destination ? kept : { destination, offset: 0, state: undefined };
}

export async function writeCursor(file: string, { destination, offset, state }: Cursor): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify({ destination, offset, state }, null, 2)}\n`);
}

/** Bytes of the journal that a tracker has not received: all if the journal is shorter than the cursor, and so a new one. */
export async function lagOf({ offset }: Cursor, journal: string): Promise<number> {
  const size = await sizeOf(journal);
  return size < offset ? size : size - offset;
}

/** The cursor, reset to the beginning if it is beyond the end of the journal. */
export async function within(cursor: Cursor, journal: string): Promise<Cursor> {
  return (await sizeOf(journal)) < cursor.offset ? { ...cursor, offset: 0 } : cursor;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function parsed(text: string): Cursor | undefined {
  try {
    const value = JSON.parse(text) as Json;
    if (!isJsonObject(value)) return undefined;
    const { destination, offset, state } = value;
    if (typeof destination !== 'string' || typeof offset !== 'number') return undefined;
    return { destination, offset, state };
  } catch {
    return undefined;
  }
}
