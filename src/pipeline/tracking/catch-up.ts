import { basename } from 'node:path';
import { acquireLock } from '../../support/lock.js';
import type { Listener } from '../runner-events.js';
import { Journal } from '../journal.js';
import { runFile } from '../paths.js';
import { markCrash } from './crash.js';
import { TrackerFeeds, lagging, type UnsentRecords, type TrackedRun } from './tracker-feeds.js';
import { tellLeft } from './left.js';

interface Request {
  readonly listen: Listener;
  /** Aborted when the user does not want to wait. */
  readonly stop: AbortSignal;
  /** Look for a crash that nobody has told of yet, also where the trackers have had everything; reads the whole journal. */
  readonly thorough?: boolean;
}

/**
 * Hands over what a run's trackers lack of its journal: after an outage, or since one was added to the config.
 *
 * @returns those that had something to take, and those that still lack something; nothing where a process works on the run, which feeds them itself
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
    tellLeft(left, { runName: basename(run.runDir) }, listen);
    return { behind, left };
  } finally {
    await lock.release();
  }
}
