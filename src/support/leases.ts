import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './files.js';
import { acquireLock, lockHolder, type LockHolder } from './lock.js';

/**
 * Says to everybody that something (which may not be there yet) is needed until `release`, or until this process is dead. Any number of
 * processes can hold the same. Where no mark can be written nothing can be removed either: there this does nothing.
 *
 * @param path what is held; the mark lies beside it
 * @returns releases it
 */
export async function hold(path: string): Promise<() => Promise<void>> {
  const file = `${path}${HOLD}${randomBytes(6).toString('hex')}`;
  const lock = await acquireLock(file).catch(() => undefined);
  return async () => {
    if (lock?.ok === true) await lock.release().catch(() => undefined);
  };
}

/** Holds several. */
export async function holdAll(paths: readonly string[]): Promise<() => Promise<void>> {
  const releases = await Promise.all(paths.map(hold));
  return async () => void (await Promise.all(releases.map((release) => release())));
}

/** A living process's mark. */
export interface Lease {
  readonly file: string;
  readonly holder: LockHolder;
}

/** Whether a living process holds something. */
export async function isHeld(path: string): Promise<boolean> {
  return (await holdsOn(path)).length > 0;
}

/** The marks of living processes; those that dead ones left are taken away. */
export async function holdsOn(path: string): Promise<readonly Lease[]> {
  const living: Lease[] = [];
  for (const file of await marksOn(path)) {
    const holder = await lockHolder(file);
    if (holder === undefined) await rm(file, { force: true });
    else living.push({ file, holder });
  }
  return living;
}

/** Whether a file is a mark that something beside it is needed. */
export function isHold(file: string): boolean {
  return MARK.test(file);
}

const HOLD = '.using-';
const MARK = /\.using-[0-9a-f]{12}$/;

async function marksOn(path: string): Promise<string[]> {
  const folder = dirname(path);
  const files = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const marks = files.filter((file) => file.startsWith(`${basename(path)}${HOLD}`) && MARK.test(file));
  return marks.map((file) => join(folder, file));
}
