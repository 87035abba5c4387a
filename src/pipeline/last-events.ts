import { open } from 'node:fs/promises';
import type { RunRecord } from '../registry/kinds/record.js';
import { parsedRecord } from './journal.js';

/** The last stage events of a journal. */
export interface LastEvents {
  /** The last event of any stage. */
  readonly last?: StageEventRecord;
  /** Messages of stages whose last event is a failure, by name. */
  readonly failures: ReadonlyMap<string, string>;
}

type StageEventRecord = Extract<RunRecord, { readonly kind: `stage-${string}` }>;

/** Bytes read: a failure ends the run, so little follows it. */
const TAIL = 1 << 16;

/** Reads the end of a run's journal, at a constant cost. An unreadable journal counts as empty. */
export async function readLastEvents(path: string): Promise<LastEvents> {
  let last: StageEventRecord | undefined;
  const failures = new Map<string, string>();
  for (const line of (await endOf(path)).split('\n')) {
    // Parsing every metric would take most of the time.
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
