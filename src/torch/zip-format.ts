import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { ProblemError } from '../support/problem.js';
import { readPickle } from './pickle.js';
import { namesWith, tensorsIn, type StateDict } from './state.js';
import { readTensor, type Storage } from './storages.js';
import { unreadable } from './unreadable.js';

/** A pickle of a state_dict has some hundred bytes for each tensor. */
const MOST_PICKLE_BYTES = 64e6;
/** The zip format's code of a file that is not compressed. */
const STORED = 0;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** Today's format of torch: a zip of `NAME/data.pkl` and a file for each storage, `NAME/data/KEY`. */
export async function readZipFormat(bytes: Uint8Array): Promise<StateDict> {
  try {
    const zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return await readEntries(zip, bytes.length);
  } catch (error) {
    if (error instanceof ProblemError || !(error instanceof Error)) throw error;
    throw unreadable(error.message);
  }
}

/** @param size of the whole file, in bytes */
async function readEntries(zip: ZipFile, size: number): Promise<StateDict> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName.replace(/^[^/]*\//, ''), entry);
  const order = entries.get('byteorder');
  if (order !== undefined && (await contentOf(zip, order, 16)).toString() !== 'little') {
    throw unreadable('its numbers are not little-endian');
  }
  const pickle = entries.get('data.pkl');
  if (pickle === undefined) throw unreadable('the zip has no data.pkl');
  const storages = new Map<string, Storage>();
  const { value } = readPickle(await contentOf(zip, pickle, MOST_PICKLE_BYTES), 0, namesWith(storages));
  const views = tensorsIn(value);
  const contents = new Map<string, Buffer>();
  let left = size;
  for (const [key, { count, format }] of storages) {
    const entry = entries.get(`data/${key}`);
    if (entry === undefined) throw unreadable(`the numbers of storage ${key} are missing`);
    // torch stores numbers as they are, so all of them together are no larger than the file.
    if (entry.compressionMethod !== STORED) throw unreadable(`${entry.fileName} is compressed`);
    const content = await contentOf(zip, entry, Math.min(left, count * format.bytes));
    left -= content.length;
    contents.set(key, content);
  }
  return new Map([...views].map(([name, view]) => [name, readTensor(view, contents.get(view.storage.key)!)]));
}

/** @param most bytes, so that no small file unpacks to a huge one */
async function contentOf(zip: ZipFile, entry: Entry, most: number): Promise<Buffer> {
  if (entry.uncompressedSize > most) throw unreadable(`${entry.fileName} is larger than expected`);
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
