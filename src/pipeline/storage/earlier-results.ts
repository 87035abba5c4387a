import { dirname, basename } from 'node:path';
import type { PlannedStage } from '../planned-stage.js';
import { damageTo } from '../sealed-files.js';
import { readRecord } from '../stage-record.js';
import { storeEntries } from './store-entries.js';
import { hold } from '../../support/leases.js';

/** More would be looked through for little. */
const MOST = 8;

export interface EarlierResults {
  readonly dirs: readonly string[];
  /** Lets go of them: until then nobody removes them. */
  release(): Promise<void>;
}

/** What a shared stage has made of other inputs and is whole: the newest few, newest first. */
export async function earlierResults(stage: PlannedStage, runsRoot: string): Promise<EarlierResults> {
  const type = basename(dirname(stage.dir));
  const others = (await storeEntries(runsRoot))
    .filter((entry) => entry.type === type && !entry.setAside && entry.fingerprint !== stage.fingerprint)
    .filter(({ record }) => record?.status === 'done' && record.parts.stage.type === stage.type)
    .sort((a, b) => (b.record!.finished ?? '').localeCompare(a.record!.finished ?? ''));
  const dirs: string[] = [];
  const releases: (() => Promise<void>)[] = [];
  for (const { dir } of others) {
    if (dirs.length === MOST) break;
    // First hold, then look: what is there now stays.
    const release = await hold(dir);
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
