import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { isJsonObject, type Json } from '../../support/json.js';
import { isSides } from '../../support/sides.js';
import { corruptStore } from './corrupt-store.js';
import {
  emptySplit,
  INDEX_FILE,
  MAIN_STORE_SPLITS,
  STORE_FORMAT,
  VALIDATION_STORE_SPLITS,
  type StoreIndex,
} from './store-format.js';

/**
 * Reads the index of a store. Splits of a validation part that it does not have are empty.
 *
 * @throws ProblemError `corrupt-store` when the index is missing, damaged or of another version
 */
export async function readIndex(dir: string): Promise<StoreIndex> {
  const path = join(dir, INDEX_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw corruptStore(`${path} is missing or cannot be read (${errorCode(error)})`);
  }
  const index = parse(text);
  if (index === undefined) throw corruptStore(`${path} is damaged, or of another version than ${STORE_FORMAT}`);
  return index;
}

/** Checks the fields that the other modules rely on. */
function parse(text: string): StoreIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || value['format'] !== STORE_FORMAT || !isJsonObject(value['splits'])) return undefined;
  const splits = value['splits'];
  if (!MAIN_STORE_SPLITS.every((name) => isSplitIndex(splits[name]))) return undefined;
  if (!VALIDATION_STORE_SPLITS.every((name) => splits[name] === undefined || isSplitIndex(splits[name])))
    return undefined;
  const index = value as unknown as StoreIndex;
  const none = emptySplit(index.image_size);
  const empty = Object.fromEntries(VALIDATION_STORE_SPLITS.map((name) => [name, none]));
  return { ...index, splits: { ...empty, ...index.splits } };
}

function isSplitIndex(split: Json | undefined): boolean {
  if (!isJsonObject(split ?? null)) return false;
  const { size, count, sha256 } = split as { readonly [key: string]: Json };
  return (size === null || isSides(size)) && Number.isInteger(count) && typeof sha256 === 'string';
}
