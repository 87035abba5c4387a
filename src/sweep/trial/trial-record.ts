import { readFile } from 'node:fs/promises';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject, type JsonObject } from '../../support/json.js';
import { decodeNumber, encodeNumber } from '../../support/numbers.js';
import { trialFile } from '../sweep-files.js';

/** Increased when the format changes. */
const FORMAT = 1;

/** A trial's state on disk, the only record of how it ended. `running` without a live process is a crashed trial. */
export interface TrialRecord {
  /** `paused`: waits for the choice of successive halving. `interrupted`: it was asked to stop. */
  readonly status: 'running' | 'done' | 'failed' | 'interrupted' | 'paused';
  /** Every process that ran it, in order. */
  readonly attempts: readonly TrialAttempt[];
  /** Its actual run, which differs from the frozen name if images have changed since. */
  readonly run?: string;
  /** Why it failed, one line per problem. */
  readonly problems: readonly string[];
  /** Metrics of its stages, by path: `AtoB/psnr`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Interrupted because its parent process was gone, not on request. */
  readonly alone?: boolean;
  /** Values for successive halving, by the epochs trained before. */
  readonly rungs: Readonly<Record<string, number>>;
}

export interface TrialAttempt {
  readonly host: string;
  readonly pid: number;
  /** ISO times. */
  readonly started: string;
  readonly finished: string | null;
  readonly seconds: number;
}

export const NO_RECORD: TrialRecord = { status: 'interrupted', attempts: [], problems: [], metrics: {}, rungs: {} };

/** @returns `undefined` if the trial has not started */
export async function readTrial(sweepDir: string, trial: number): Promise<TrialRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(trialFile.record(sweepDir, trial), 'utf8'), decodeNumber);
    return isJsonObject(record) && record['format'] === FORMAT ? (record as unknown as TrialRecord) : undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeTrial(sweepDir: string, trial: number, record: TrialRecord): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, ...(record as unknown as JsonObject) }, encodeNumber, 2);
  await writeFileAtomic(trialFile.record(sweepDir, trial), `${text}\n`);
}
