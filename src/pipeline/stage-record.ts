import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactKind, SummaryLine } from '../registry/kinds/stage.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';
import type { SealedFiles } from './sealed-files.js';
import type { Problem } from '../support/problem.js';
import { decodeNumber, encodeNumber } from '../support/numbers.js';

/** Raised when stage.json changes its shape: a record of another format is as good as none. */
const FORMAT = 3;
/** Of earlier versions: what has changed since is seen to where records are compared. */
const FORMER_FORMAT = 2;

/**
 * A stage's stage.json. `done` is the seal: what is in the folder is whole and never changes. Any other status is work that goes on
 * when the fingerprint is still the same; `running` without a process that holds the run's lock is work that was cut off.
 */
export interface StageRecord {
  readonly fingerprint: string;
  /**
   * Tells this result from another of the same fingerprint, as `--force` makes it. A run's stage gets one when it starts from its
   * beginning, and keeps it when it goes on; a shared stage's is its content, which many runs use.
   */
  readonly made: string;
  /** What the fingerprint is the hash of. */
  readonly parts: FingerprintParts;
  /** See {@link PlannedStage}. */
  readonly bookkeeping: JsonObject;
  /** Whether an earlier version wrote it, where other things counted: see former.ts. */
  readonly former: boolean;
  readonly status: 'running' | 'done' | 'interrupted' | 'failed';
  /** Why it failed, where it did. */
  readonly problem?: Pick<Problem, 'code' | 'message' | 'cure'>;
  /** The stage's own results; empty until it is done. */
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** Of the files and folders of its result, those that are worth having elsewhere. */
  readonly artifacts: readonly string[];
  /** What must be there for it to be done; of a shared stage everything. */
  readonly files: SealedFiles;
  /** What it consumed: `dir` is relative to the runs' root. */
  readonly inputs: Readonly<Record<ArtifactKind, ConsumedInput>>;
  /** What `--from` named, for a stage that went on from it. */
  readonly parent?: Omit<ConsumedInput, 'stage'>;
  /** The run that made it. */
  readonly run: string;
  /** ISO times; `started` is when the first attempt did. */
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

/** @returns `undefined` when there is none, or none that this version can read: then nothing there can be trusted */
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

/** Whether what every reader relies on is there: a file may have been edited, or be what a disk error left. */
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
