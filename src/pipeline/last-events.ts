import { open } from 'node:fs/promises';
import type { RunRecord } from '../registry/kinds/record.js';
import { parsedRecord } from './journal.js';

/** What the end of a journal reports of stages. */
export interface LastEvents {
  /** The last thing that happened to a stage. */
  readonly last?: StageEventRecord;
  /** Why stages failed last, by name. */
  readonly failures: ReadonlyMap<string, string>;
}

type StageEventRecord = Extract<RunRecord, { readonly kind: `stage-${string}` }>;

/** A failure ends the run, so that little follows it. */
const TAIL = 1 << 16;

/** Reads the end of a run's journal: it costs the same after a million steps. @returns nothing of it where it cannot be read */
export async function readLastEvents(path: string): Promise<LastEvents> {
  let last: StageEventRecord | undefined;
  const failures = new Map<string, string>();
  for (const line of (await endOf(path)).split('\n')) {
    // To parse every metric would take most of the time.
    if (!line.startsWith('{"kind":"stage-')) continue;
    const record = parsedRecord(line) as StageEventRecord | undefined;
    if (record === undefined) continue;
    last = record;
    if (record.kind === 'stage-failed') failures.set(record.stage, record.value[0] ?? '');
    else failures.delete(record.stage);
  }
  return { last, failures };
}

async function endOf(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const buffer = Buffer.alloc(Math.min(size, TAIL));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return '';
  }
}
