import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { acquireLock, lockHolder } from '../../support/lock.js';

/**
 * Says to everybody that a result (which may not be there yet) is needed until `release`, or until this process is dead. Any number of
 * processes can hold the same one. A store that cannot be written to is one that nothing can be removed from: there this does nothing.
 *
 * @returns releases it
 */
export async function hold(dir: string): Promise<() => Promise<void>> {
  const file = `${dir}${HOLD}${randomBytes(6).toString('hex')}`;
  const lock = await acquireLock(file).catch(() => undefined);
  return async () => {
    if (lock?.ok === true) await lock.release().catch(() => undefined);
  };
}

/** Holds several. */
export async function holdAll(dirs: readonly string[]): Promise<() => Promise<void>> {
  const releases = await Promise.all(dirs.map(hold));
  return async () => void (await Promise.all(releases.map((release) => release())));
}

/** Whether a living process holds a result. */
export async function isHeld(dir: string): Promise<boolean> {
  return (await removeDeadHolds(dir)) > 0;
}

/** Takes away the marks that dead processes left. @returns how many living ones there are */
export async function removeDeadHolds(dir: string): Promise<number> {
  let living = 0;
  for (const file of await holdsOn(dir)) {
    if ((await lockHolder(file)) === undefined) await rm(file, { force: true });
    else living++;
  }
  return living;
}

/** Whether a file in a store is a mark that a result is needed. */
export function isHold(file: string): boolean {
  return MARK.test(file);
}

const HOLD = '.using-';
const MARK = /\.using-[0-9a-f]{12}$/;

async function holdsOn(dir: string): Promise<string[]> {
  const store = dirname(dir);
  const files = (await readdir(store)).filter((file) => file.startsWith(`${basename(dir)}${HOLD}`) && MARK.test(file));
  return files.map((file) => join(store, file));
}
