import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactKind, SummaryLine } from '../registry/kinds/stage.js';
import { errorCode, writeFileAtomic } from '../support/files.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import type { FingerprintParts } from './fingerprint.js';

/**
 * A stage's stage.json. `done` is the seal: what is in the folder is whole and never changes. Any other status is work that goes on
 * when the fingerprint is still the same; `running` without a process that holds the run's lock is work that was cut off.
 */
export interface StageRecord {
  readonly fingerprint: string;
  /** What the fingerprint is the hash of. */
  readonly parts: FingerprintParts;
  readonly status: 'running' | 'done' | 'interrupted' | 'failed';
  /** The stage's own results; empty until it is done. */
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
  /** What it consumed: `dir` is relative to the runs' root. */
  readonly inputs: Readonly<Record<ArtifactKind, ConsumedInput>>;
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
}

/** @returns `undefined` when there is none, or none that can be read: then nothing there can be trusted */
export async function readRecord(dir: string): Promise<StageRecord | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(dir, 'stage.json'), 'utf8'));
    const known = isJsonObject(record) && typeof record['fingerprint'] === 'string' && isJsonObject(record['parts']);
    return known ? (record as unknown as StageRecord) : undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeRecord(dir: string, record: StageRecord): Promise<void> {
  await writeFileAtomic(join(dir, 'stage.json'), `${JSON.stringify(record, null, 2)}\n`);
}
