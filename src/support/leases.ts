import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from './files.js';
import { acquireLock, lockHolder, type LockHolder } from './lock.js';

/**
 * Acquires a lease on a path (which need not exist yet) until it is released, or until this process is dead: the path is not removed. Any
 * number of processes can have a lease. Does nothing in a read-only folder, where nothing can be removed either.
 *
 * @param path the lease file is next to it
 * @returns a function that releases it
 */
export async function acquireLease(path: string): Promise<() => Promise<void>> {
  const file = `${path}${SUFFIX}${randomBytes(6).toString('hex')}`;
  const lock = await acquireLock(file).catch(() => undefined);
  return async () => {
    if (lock?.ok === true) await lock.release().catch(() => undefined);
  };
}

/** Acquires several leases. */
export async function acquireLeases(paths: readonly string[]): Promise<() => Promise<void>> {
  const releases = await Promise.all(paths.map(acquireLease));
  return async () => void (await Promise.all(releases.map((release) => release())));
}

/** The lease of a living process. */
export interface Lease {
  readonly file: string;
  readonly holder: LockHolder;
}

/** Whether a living process has a lease on a path. */
export async function isLeased(path: string): Promise<boolean> {
  return (await leasesOn(path)).length > 0;
}

/** The leases of living processes on a path; removes those of dead ones. */
export async function leasesOn(path: string): Promise<readonly Lease[]> {
  const living: Lease[] = [];
  for (const file of await leaseFilesOf(path)) {
    const holder = await lockHolder(file);
    if (holder === undefined) await rm(file, { force: true });
    else living.push({ file, holder });
  }
  return living;
}

/** Whether a file name is that of a lease. */
export function isLeaseFile(file: string): boolean {
  return LEASE_FILE.test(file);
}

const SUFFIX = '.using-';
const LEASE_FILE = /\.using-[0-9a-f]{12}$/;

async function leaseFilesOf(path: string): Promise<string[]> {
  const folder = dirname(path);
  const files = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const marks = files.filter((file) => file.startsWith(`${basename(path)}${SUFFIX}`) && LEASE_FILE.test(file));
  return marks.map((file) => join(folder, file));
}
