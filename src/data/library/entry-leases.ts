import { stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { acquireLease, type Lease, leasesOn } from '../../support/leases.js';
import { adviceOnHolder, describeHolder } from '../../support/lock.js';
import { ProblemError } from '../../support/problem.js';
import { readEntry, RECORD, type LibraryEntry } from './library-entry.js';
import { leasesDir } from './library-paths.js';

/** Records that an entry is used now, where that can be written: entries unused for long can be cleaned away. */
export async function markUsed(entry: LibraryEntry): Promise<void> {
  const now = new Date();
  await utimes(recordOf(entry), now, now).catch(() => undefined);
}

/** The last use of an entry, in milliseconds since 1970. */
export async function lastUse(entry: LibraryEntry): Promise<number> {
  const times = await stat(recordOf(entry)).catch(() => undefined);
  return Math.max(Date.parse(entry.record.obtained), times?.mtimeMs ?? 0);
}

/** Leases an entry until this process ends. @returns whether it exists: if so, it stays */
export async function leaseUntilExit(entry: LibraryEntry): Promise<boolean> {
  // Drops the leases of dead processes.
  await usersOf(entry);
  // First lease, then check: `remove` does it in the opposite order.
  const release = await acquireLease(leasesDir(entry));
  if ((await readEntry(dirname(entry.dir)))?.record.sha256 === entry.record.sha256) return true;
  await release();
  return false;
}

/** The leases of living processes on an entry. */
export function usersOf(entry: LibraryEntry): Promise<readonly Lease[]> {
  return leasesOn(leasesDir(entry));
}

/** @throws ProblemError `in-use` while a living process has a lease on an entry */
export async function refuseWhileUsed(entry: LibraryEntry): Promise<void> {
  const [first] = await usersOf(entry);
  if (first === undefined) return;
  throw new ProblemError({
    code: 'in-use',
    message: `${entry.record.name} is being used by ${describeHolder(first.holder)}.`,
    cure: adviceOnHolder(first.file, first.holder) ?? 'Give the same command again when that has ended.',
  });
}

function recordOf({ dir }: LibraryEntry): string {
  return join(dirname(dir), RECORD);
}
