import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode } from '../../support/files.js';
import { storeRoot } from '../paths.js';
import { readRecord, type StageRecord } from '../stage-record.js';

/** A result of a shared stage that lies in runs/.store. */
export interface StoreEntry {
  /** What a stage record calls it: relative to the runs' root, parts separated by `/`. */
  readonly name: string;
  readonly dir: string;
  /** Of the store that it lies in. */
  readonly type: string;
  readonly fingerprint: string;
  /** Whether a newer result of the same fingerprint has taken its place. */
  readonly setAside: boolean;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** Nothing where it was made by another version of runner, or is damaged. */
  readonly record?: StageRecord;
}

/** The folders of a store's results; those set aside have something random after the fingerprint. */
const ENTRY = /^([0-9a-f]{64})(\.[0-9a-f]{8})?$/;

/** Every result in runs/.store, the least recently used first. */
export async function storeEntries(runsRoot: string): Promise<StoreEntry[]> {
  const root = storeRoot(runsRoot);
  const found: StoreEntry[] = [];
  for (const type of await foldersIn(root)) {
    for (const folder of await foldersIn(join(root, type))) {
      const match = ENTRY.exec(folder);
      if (match === null) continue;
      const [, fingerprint, aside] = match;
      const dir = join(root, type, folder);
      const lastUsed = await (aside === undefined ? lastUse(dir) : asideSince(dir));
      // Gone since it was listed.
      if (lastUsed === undefined) continue;
      const record = await readRecord(dir);
      const name = relative(runsRoot, dir).split(sep).join('/');
      found.push({ name, dir, type, fingerprint: fingerprint!, setAside: aside !== undefined, lastUsed, record });
    }
  }
  return found.sort((a, b) => a.lastUsed - b.lastUsed);
}

/**
 * Leaves a mark that a published result is used now: the modification time of its stage.json, whose content nobody changes. Where that
 * cannot be written, the result counts as used when it was made.
 */
export async function markUsed(dir: string): Promise<void> {
  const now = new Date();
  await utimes(join(dir, 'stage.json'), now, now).catch(() => undefined);
}

/** When a result was used, in milliseconds since 1970; nothing when it is not there. */
export async function lastUse(dir: string): Promise<number | undefined> {
  for (const path of [join(dir, 'stage.json'), dir]) {
    const times = await stat(path).catch(() => undefined);
    if (times !== undefined) return times.mtimeMs;
  }
  return undefined;
}

/** When a result was used or set aside, which changes its folder's place. */
async function asideSince(dir: string): Promise<number | undefined> {
  const stats = [join(dir, 'stage.json'), dir].map((path) => stat(path).catch(() => undefined));
  const [record, folder] = await Promise.all(stats);
  return folder && Math.max((record ?? folder).mtimeMs, folder.ctimeMs);
}

/** Names of the folders in a folder. @returns none where it is not there */
export async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
