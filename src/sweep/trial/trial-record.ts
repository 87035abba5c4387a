import { readFile } from 'node:fs/promises';
import { errorCode, writeFileAtomic } from '../../support/files.js';
import { isJsonObject, type JsonObject } from '../../support/json.js';
import { decodeNumber, encodeNumber } from '../../support/numbers.js';
import { trialFile } from '../sweep-files.js';

/** Raised when the shape changes. */
const FORMAT = 1;

/** What a trial says of itself, on the disk: the only word on how it ended. `running` without a living process is a trial that died. */
export interface TrialRecord {
  /** `paused`: as far as successive halving wanted it for now. `interrupted`: somebody asked it to stop. */
  readonly status: 'running' | 'done' | 'failed' | 'interrupted' | 'paused';
  /** Every process that was at it, in order. */
  readonly attempts: readonly TrialAttempt[];
  /** The run that it made or went on with; the frozen name is of another where images have changed since. */
  readonly run?: string;
  /** Why it failed, a line each. */
  readonly problems: readonly string[];
  /** Of its stages, by path: `AtoB/psnr`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Interrupted because the process that had started it was gone, which nobody meant. */
  readonly alone?: boolean;
  /** What successive halving measured, by the epochs trained until then. */
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

/** @returns `undefined` where a trial has not begun */
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
