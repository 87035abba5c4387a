import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes, parseBytes } from '../../support/bytes.js';
import { acquireLock } from '../../support/lock.js';
import { invalid, type Outcome, valid } from '../../support/outcome.js';
import { storeRoot } from '../paths.js';
import { bytesOnDisk } from './disk-usage.js';
import { type StoreEntry, storeEntries } from './store-entries.js';
import { removeLeftover, storeLeftovers } from './leftovers.js';
import { neededEntries } from './needed-entries.js';
import { RECENTLY_MS, removeEntry } from './remove-entry.js';

/** The most bytes for results in runs/.store, unless RUNNER_STORE_LIMIT is set. */
export const DEFAULT_STORE_LIMIT = 100e9;
/** How long to wait for another process that frees space, probably enough for both. */
const LOCK_TIMEOUT_MS = 5000;

/** The outcome of {@link fitStore}. */
export interface StoreFit {
  readonly removed: readonly (StoreEntry & { readonly bytes: number })[];
  /** Of the whole store, afterwards. */
  readonly bytes: number;
  /** The remaining results, the largest first, with the runs that need them. */
  readonly kept: readonly (StoreEntry & { readonly bytes: number; readonly runs: readonly string[] })[];
}

/** Parses a limit: `50GB`, `none`; the default if empty. @param name of the variable or option, for messages */
export function parseStoreLimit(text: string | undefined, name = 'RUNNER_STORE_LIMIT'): Outcome<number> {
  if (text === undefined || text.trim() === '') return valid(DEFAULT_STORE_LIMIT);
  if (text.trim().toLowerCase() === 'none') return valid(Infinity);
  const bytes = parseBytes(text);
  if (bytes !== undefined) return valid(bytes);
  return invalid({
    code: 'bad-size',
    message: `${name} takes a size such as 50GB, or none for no limit; found "${text}".`,
  });
}

/**
 * Removes results from runs/.store until they fit the limit: the least recently used first, never one that a run needs, that a process uses,
 * or that was used in the last hour.
 *
 * @returns `undefined` if they fit already, or if another process frees space
 */
export async function fitStore(runsRoot: string, limit: number): Promise<StoreFit | undefined> {
  if (limit === Infinity) return undefined;
  const root = storeRoot(runsRoot);
  if ((await bytesOnDisk(root)) <= limit) return undefined;
  const lock = await lockWithin(join(root, 'making-room.lock'));
  if (lock === undefined) return undefined;
  try {
    return await makeRoom(runsRoot, limit);
  } finally {
    await lock.release();
  }
}

async function makeRoom(runsRoot: string, limit: number): Promise<StoreFit> {
  for (const path of await storeLeftovers(runsRoot)) await removeLeftover(path);
  const entries = await storeEntries(runsRoot);
  const needed = await neededEntries(runsRoot, entries);
  let bytes = await bytesOnDisk(storeRoot(runsRoot));
  const removed: (StoreEntry & { bytes: number })[] = [];
  const kept: (StoreEntry & { bytes: number; runs: readonly string[] })[] = [];
  for (const entry of entries) {
    const sized = { ...entry, bytes: await bytesOnDisk(entry.dir) };
    const runs = needed.get(entry.name) ?? [];
    const unneeded = runs.length === 0 && Date.now() - entry.lastUsed >= RECENTLY_MS;
    if (bytes > limit && unneeded && (await removeEntry(entry)) === 'removed') {
      removed.push(sized);
      bytes -= sized.bytes;
    } else {
      kept.push({ ...sized, runs });
    }
  }
  return { removed, bytes, kept: kept.sort((a, b) => b.bytes - a.bytes) };
}

async function lockWithin(path: string) {
  for (const until = Date.now() + LOCK_TIMEOUT_MS; ; await sleep(100)) {
    const lock = await acquireLock(path);
    if (lock.ok) return lock;
    if (Date.now() > until) return undefined;
  }
}

/** Notes for the user: what was removed, and how to free more. */
export function describeFit({ removed, bytes, kept }: StoreFit, limit: number, runsRoot: string) {
  const runs = basename(runsRoot);
  const notes: { readonly level: 'info' | 'warning'; readonly text: string }[] = [];
  const size = formatBytes(limit);
  if (removed.length > 0) {
    const freed = formatBytes(removed.reduce((sum, entry) => sum + entry.bytes, 0));
    const text = `Made room in ${runs}/.store, which may hold ${size} (RUNNER_STORE_LIMIT): removed ${listed(removed.map(describeRemoved))}, ${freed} in all. No run needs what was removed.`;
    notes.push({ level: 'info', text });
  }
  if (bytes > limit) {
    const holding = listed(kept.map(describeKept));
    const text = `${runs}/.store holds ${formatBytes(bytes)}, more than its limit of ${size} (RUNNER_STORE_LIMIT), and everything in it is in use: ${holding}. Remove runs that you need no more (their folders in ${runs}), then see what \`runner clean\` can free; or raise the limit.`;
    notes.push({ level: 'warning', text });
  }
  return notes;
}

function describeRemoved(entry: StoreEntry & { readonly bytes: number }): string {
  return `${short(entry)} (${formatBytes(entry.bytes)}, last used ${new Date(entry.lastUsed).toISOString().slice(0, 10)})`;
}

function describeKept(entry: StoreEntry & { readonly bytes: number; readonly runs: readonly string[] }): string {
  const [first, ...others] = entry.runs;
  const needed =
    first === undefined
      ? 'used just now'
      : `needed by ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`;
  return `${short(entry)} (${formatBytes(entry.bytes)}, ${needed})`;
}

function short({ type, fingerprint }: StoreEntry): string {
  return `${type}/${fingerprint.slice(0, 8)}`;
}

function listed(items: readonly string[]): string {
  const most = 4;
  return items.slice(0, most).join(', ') + (items.length > most ? ` and ${items.length - most} more` : '');
}
