import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { sha256File } from '../../support/hash.js';
import { isJsonObject } from '../../support/json.js';
import { ProblemError } from '../../support/problem.js';
import { INDEX_FILE, splitFile, STORE_FORMAT, STORE_SPLITS, type StoreIndex, type StoreSplit } from './format.js';

export type { StoreSplit } from './format.js';

/** Prepared pictures on disk; reading one costs one positional read, and memory for that one. */
export interface PreparedStore {
  /** Side of what networks see, and of the training pictures that crops are taken from, in pixels. */
  readonly imageSize: number;
  readonly loadSize: number;
  /** How many pictures there are; 0 for a split that the store does not have, such as `truthA` of real photographs. */
  count(split: StoreSplit): number;
  names(split: StoreSplit): readonly string[];
  /** @throws RangeError when there is no picture of that index */
  read(split: StoreSplit, index: number): Promise<Picture>;
  /** Reads everything and compares it with the checksums. @throws ProblemError `corrupt-store` */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** `data`: [height, width, 3], uint8, RGB. */
export interface Picture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** @throws ProblemError `corrupt-store` when files are missing, cut off or not of this version's format */
export async function openStore(dir: string): Promise<PreparedStore> {
  const index = await readIndex(dir);
  const files = new Map<StoreSplit, FileHandle>();
  const close = async () => {
    const handles = [...files.values()];
    files.clear();
    await Promise.all(handles.map((handle) => handle.close()));
  };
  try {
    for (const split of STORE_SPLITS) {
      if (index.splits[split].count > 0) files.set(split, await openSplit(dir, split, index));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    imageSize: index.image_size,
    loadSize: index.load_size,
    count: (split) => index.splits[split].count,
    names: (split) => index.splits[split].names,
    async read(split, at) {
      const { size, count } = index.splits[split];
      if (!Number.isInteger(at) || at < 0 || at >= count)
        throw new RangeError(`${split} has no picture ${at}, only ${count}`);
      const file = files.get(split);
      if (file === undefined) throw new Error('The store is closed.');
      const bytes = size * size * 3;
      const data = new Uint8Array(bytes);
      await readFully(file, data, at * bytes, join(dir, splitFile(split)));
      return { data, width: size, height: size };
    },
    async verify() {
      for (const split of files.keys()) {
        const path = join(dir, splitFile(split));
        if ((await sha256File(path)) !== index.splits[split].sha256)
          throw corrupt(`${path} is not what was written (its checksum differs)`);
      }
    },
    close,
  };
}

async function readIndex(dir: string): Promise<StoreIndex> {
  const path = join(dir, INDEX_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw corrupt(`${path} is missing or cannot be read (${errorCode(error)})`);
  }
  const index = parse(text);
  if (index === undefined) throw corrupt(`${path} is damaged, or of another version than ${STORE_FORMAT}`);
  return index;
}

/** The index, as far as it must be right for the rest to work. */
function parse(text: string): StoreIndex | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isJsonObject(value) || value['format'] !== STORE_FORMAT || !isJsonObject(value['splits'])) return undefined;
    const splits = value['splits'];
    const whole = STORE_SPLITS.every((name) => {
      const split = splits[name];
      return isJsonObject(split) && Array.isArray(split['names']) && split['names'].length === split['count'];
    });
    return whole ? (value as unknown as StoreIndex) : undefined;
  } catch {
    return undefined;
  }
}

async function openSplit(dir: string, split: StoreSplit, index: StoreIndex): Promise<FileHandle> {
  const path = join(dir, splitFile(split));
  const { size, count } = index.splits[split];
  const expected = size * size * 3 * count;
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw corrupt(`${path} is missing or cannot be read (${errorCode(error)})`);
  }
  const found = (await file.stat()).size;
  if (found === expected) return file;
  await file.close();
  throw corrupt(`${path} has ${found} bytes, expected ${expected} (${count} pictures of ${size}x${size})`);
}

/** A read may give less than was asked for; nothing means that the file has become shorter since it was opened. */
async function readFully(file: FileHandle, into: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw corrupt(`${path} ends at byte ${position + done}`);
    done += bytesRead;
  }
}

function corrupt(what: string): ProblemError {
  return new ProblemError({
    code: 'corrupt-store',
    message: `The prepared pictures are not whole: ${what}.`,
    cure: 'Prepare them again: runner run CONFIG --force preprocess.',
  });
}
