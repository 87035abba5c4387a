import { dirname, basename } from 'node:path';
import type { PlannedStage } from '../planned-stage.js';
import { damageTo } from '../sealed-files.js';
import { readRecord } from '../stage-record.js';
import { storeEntries } from './store-entries.js';
import { acquireLease } from '../../support/leases.js';

/** More would be searched for little gain. */
const MAX_RESULTS = 8;

export interface EarlierResults {
  readonly dirs: readonly string[];
  /** Releases the leases that keep them from removal. */
  release(): Promise<void>;
}

/** Complete results of a shared stage from other inputs: the newest few, newest first. */
export async function earlierResults(stage: PlannedStage, runsRoot: string): Promise<EarlierResults> {
  const type = basename(dirname(stage.dir));
  const others = (await storeEntries(runsRoot))
    .filter((entry) => entry.type === type && !entry.setAside && entry.fingerprint !== stage.fingerprint)
    .filter(({ record }) => record?.status === 'done' && record.parts.stage.type === stage.type)
    .sort((a, b) => (b.record!.finished ?? '').localeCompare(a.record!.finished ?? ''));
  const dirs: string[] = [];
  const releases: (() => Promise<void>)[] = [];
  for (const { dir } of others) {
    if (dirs.length === MAX_RESULTS) break;
    // Leased before the check, so that it cannot be removed after it.
    const release = await acquireLease(dir);
    if (await isWhole(dir)) {
      dirs.push(dir);
      releases.push(release);
    } else {
      await release();
    }
  }
  return { dirs, release: async () => void (await Promise.all(releases.map((release) => release()))) };
}

async function isWhole(dir: string): Promise<boolean> {
  const record = await readRecord(dir);
  return record?.status === 'done' && (await damageTo(dir, record.files)) === undefined;
}
