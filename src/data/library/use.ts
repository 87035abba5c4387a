import { stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hold, type Lease, holdsOn } from '../../support/leases.js';
import { adviceOnHolder, describeHolder } from '../../support/lock.js';
import { ProblemError } from '../../support/problem.js';
import { readEntry, RECORD, type LibraryEntry } from './library-entry.js';
import { usesOf } from './places.js';

/** Leaves a mark that an entry is used now, where that can be written: what was not used for long can be cleaned away. */
export async function markUsed(entry: LibraryEntry): Promise<void> {
  const now = new Date();
  await utimes(recordOf(entry), now, now).catch(() => undefined);
}

/** When an entry was used last, in milliseconds since 1970. */
export async function lastUse(entry: LibraryEntry): Promise<number> {
  const times = await stat(recordOf(entry)).catch(() => undefined);
  return Math.max(Date.parse(entry.record.obtained), times?.mtimeMs ?? 0);
}

/** Holds an entry until this process has ended. @returns whether it is there: if so, it stays */
export async function holdForGood(entry: LibraryEntry): Promise<boolean> {
  // Nobody has released what dead processes held.
  await usersOf(entry);
  // First hold, then look: who removes does it the other way round.
  const release = await hold(usesOf(entry));
  if ((await readEntry(dirname(entry.dir)))?.record.sha256 === entry.record.sha256) return true;
  await release();
  return false;
}

/** The living processes that hold an entry. */
export function usersOf(entry: LibraryEntry): Promise<readonly Lease[]> {
  return holdsOn(usesOf(entry));
}

/** @throws ProblemError `in-use` while a living process holds an entry */
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
