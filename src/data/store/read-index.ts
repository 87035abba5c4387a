import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../support/files.js';
import { isJsonObject, type Json } from '../../support/json.js';
import { corruptStore } from './corrupt-store.js';
import { INDEX_FILE, STORE_FORMAT, STORE_SPLITS, type StoreIndex } from './store-format.js';

/** @throws ProblemError `corrupt-store` when the index is missing, damaged or of another version */
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
  return STORE_SPLITS.every((name) => isSplitIndex(splits[name])) ? (value as unknown as StoreIndex) : undefined;
}

function isSplitIndex(split: Json | undefined): boolean {
  if (!isJsonObject(split ?? null)) return false;
  const { size, count, sha256 } = split as { readonly [key: string]: Json };
  return Number.isInteger(size) && Number.isInteger(count) && typeof sha256 === 'string';
}
