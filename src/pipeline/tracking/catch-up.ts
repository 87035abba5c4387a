import { basename } from 'node:path';
import { acquireLock } from '../../support/lock.js';
import type { Listener } from '../runner-events.js';
import { Journal } from '../journal.js';
import { runFile } from '../paths.js';
import { markCrash } from './crash.js';
import { TrackerFeeds, lagging, type UnsentRecords, type TrackedRun } from './tracker-feeds.js';
import { warnUnsent } from './warn-unsent.js';

interface Request {
  readonly listen: Listener;
  /** Aborted when the user stops waiting. */
  readonly stop: AbortSignal;
  /** Look for an unrecorded crash even if the trackers are up to date; reads the whole journal. */
  readonly thorough?: boolean;
}

/**
 * Sends the records of a run's journal that its trackers have not received: after an outage, or because a tracker was added.
 *
 * @returns the trackers that were behind, and those that still are; `undefined` if a process works on the run, which feeds them itself
 */
export async function catchUp(
  run: TrackedRun,
  { listen, stop, thorough = false }: Request,
): Promise<{ readonly behind: readonly UnsentRecords[]; readonly left: readonly UnsentRecords[] } | undefined> {
  if (!thorough && (await lagging(run)).length === 0) return { behind: [], left: [] };
  const lock = await acquireLock(runFile.lock(run.runDir));
  if (!lock.ok) return undefined;
  try {
    const journal = new Journal(runFile.journal(run.runDir));
    markCrash(journal);
    journal.close();
    const behind = await lagging(run);
    const left = await new TrackerFeeds(run, listen).drain(stop);
    warnUnsent(left, { runName: basename(run.runDir) }, listen);
    return { behind, left };
  } finally {
    await lock.release();
  }
}
