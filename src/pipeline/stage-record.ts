import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactKind, SummaryLine } from '../registry/kinds/stage.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';
import type { SealedFiles } from './sealed-files.js';
import type { Problem } from '../support/problem.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';

/** Raised when the schema of stage.json changes: records of other formats are ignored. */
const FORMAT = 3;
/** Of earlier versions, still readable: see former-versions.ts. */
const FORMER_FORMAT = 2;

/**
 * A stage's stage.json. `done` is the seal: the folder is complete and never changes. Any other status is work that resumes while the
 * fingerprint is the same; `running` without a process that holds the run's lock is work that was cut off.
 */
export interface StageRecord {
  readonly fingerprint: string;
  /**
   * Distinguishes results of the same fingerprint, such as after `--force`. Of a run's stage: random, new when it starts over, kept when it
   * resumes. Of a shared stage: a hash of its content, equal in all runs.
   */
  readonly made: string;
  /** The data that the fingerprint is the hash of. */
  readonly parts: FingerprintParts;
  /** See {@link PlannedStage}. */
  readonly bookkeeping: JsonObject;
  /** Whether an earlier version wrote it, whose fingerprints differ: see former-versions.ts. */
  readonly former: boolean;
  readonly status: 'running' | 'done' | 'interrupted' | 'failed';
  /** Why it failed. */
  readonly problem?: Pick<Problem, 'code' | 'message' | 'cure'>;
  /** The stage's own results; empty until it is done. */
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** Files and folders of its result that trackers may store. */
  readonly artifacts: readonly string[];
  /** Files that must exist for it to be done; of a shared stage all. */
  readonly files: SealedFiles;
  /** The consumed results: `dir` is relative to the runs' root. */
  readonly inputs: Readonly<Record<ArtifactKind, ConsumedInput>>;
  /** The result of `--from`, for a stage that continued it. */
  readonly parent?: Omit<ConsumedInput, 'stage'>;
  /** The run that made it. */
  readonly run: string;
  /** ISO times; `started` is that of the first attempt. */
  readonly started: string;
  readonly finished: string | null;
  /** Seconds of work, over all attempts. */
  readonly seconds: number;
}

export interface ConsumedInput {
  readonly stage: string;
  readonly dir: string;
  readonly fingerprint: string;
  readonly made: string;
}

/** @returns `undefined` if there is none that this version can read: then the folder cannot be trusted */
export async function readRecord(dir: string): Promise<StageRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(dir, 'stage.json'), 'utf8'), decodeNumber);
    return isJsonObject(record) && isWhole(record) ? readable(record) : undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Checks the fields that every reader relies on: the file may have been edited or damaged. */
function isWhole({ fingerprint, status, parts, outputs, inputs, run, started }: JsonObject): boolean {
  const texts = [fingerprint, status, run, started].every((value) => typeof value === 'string');
  return texts && [parts, outputs, inputs].every(isJsonObject);
}

function readable(record: JsonObject): StageRecord | undefined {
  if (record['format'] === FORMAT) return { ...(record as unknown as StageRecord), former: false };
  if (record['format'] !== FORMER_FORMAT) return undefined;
  return { ...(record as unknown as StageRecord), bookkeeping: {}, former: true };
}

export async function writeRecord(dir: string, record: StageRecord): Promise<void> {
  await writeFileAtomic(
    join(dir, 'stage.json'),
    `${JSON.stringify({ format: FORMAT, ...record, former: undefined }, encodeNumber, 2)}\n`,
  );
}
