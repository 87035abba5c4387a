import { readdir, stat, utimes } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { errorCode } from '../../support/files.js';
import { storeRoot } from '../paths.js';
import { readRecord, type StageRecord } from '../stage-record.js';

/** A result of a shared stage in runs/.store. */
export interface StoreEntry {
  /** Its path in stage records: relative to the runs' root, separated by `/`. */
  readonly name: string;
  readonly dir: string;
  /** The type of its stage, also the name of its store. */
  readonly type: string;
  readonly fingerprint: string;
  /** Whether a newer result of the same fingerprint has replaced it. */
  readonly setAside: boolean;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** Missing if another version of runner wrote it, or if it is damaged. */
  readonly record?: StageRecord;
}

/** Folders of results; those set aside have a random suffix. */
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
      // Removed since it was listed.
      if (lastUsed === undefined) continue;
      const record = await readRecord(dir);
      const name = relative(runsRoot, dir).split(sep).join('/');
      found.push({ name, dir, type, fingerprint: fingerprint!, setAside: aside !== undefined, lastUsed, record });
    }
  }
  return found.sort((a, b) => a.lastUsed - b.lastUsed);
}

/**
 * Marks a published result as used now, by the modification time of its stage.json, whose content never changes. If that cannot be written,
 * the result counts as used when it was built.
 */
export async function markUsed(dir: string): Promise<void> {
  const now = new Date();
  await utimes(join(dir, 'stage.json'), now, now).catch(() => undefined);
}

/** When a result was last used, in milliseconds since 1970; `undefined` if it does not exist. */
export async function lastUse(dir: string): Promise<number | undefined> {
  for (const path of [join(dir, 'stage.json'), dir]) {
    const times = await stat(path).catch(() => undefined);
    if (times !== undefined) return times.mtimeMs;
  }
  return undefined;
}

/** When a result was last used or set aside; the latter changes its folder's ctime. */
async function asideSince(dir: string): Promise<number | undefined> {
  const stats = [join(dir, 'stage.json'), dir].map((path) => stat(path).catch(() => undefined));
  const [record, folder] = await Promise.all(stats);
  return folder && Math.max((record ?? folder).mtimeMs, folder.ctimeMs);
}

/** Names of the folders in a folder; empty if it does not exist. */
export async function foldersIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
