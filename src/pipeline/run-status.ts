import { basename, dirname } from 'node:path';
import { mapAtOnce } from '../support/at-once.js';
import { lockHolder } from '../support/lock.js';
import { readLastEvents } from './last-events.js';
import { runFile } from './paths.js';
import type { StageRecord } from './stage-record.js';
import { readProgress } from './run-progress.js';
import { findStages, type FoundStage } from './status/stage-records.js';
import { stageStatus, type RunFacts, type StageStatus } from './status/stage-status.js';
import { storeEntries, type StoreEntry } from './storage/store-entries.js';
import { lastMade } from './storage/needed-entries.js';

export type { StageProgress, StageStatus } from './status/stage-status.js';

/** The state of a run from its folder. Config changes since then are not considered. */
export interface RunStatus {
  readonly name: string;
  readonly dir: string;
  /** The process that works on it. */
  readonly runningBy: number | null;
  /** A problem of its folder, such as a missing config. */
  readonly problem: string | null;
  readonly stages: readonly StageStatus[];
}

/** A run with the records of its own stages, by name. */
export interface ReadRun {
  readonly status: RunStatus;
  readonly records: ReadonlyMap<string, StageRecord>;
}

/** Reads the states of runs from small files in their folders, at a cost that does not grow with a run's length. */
export async function runStatuses(runDirs: readonly string[]): Promise<RunStatus[]> {
  return (await readRuns(runDirs)).map(({ status }) => status);
}

/** The same with the records that the states come from. */
export async function readRuns(runDirs: readonly string[]): Promise<ReadRun[]> {
  const stores = new Map<string, Promise<readonly StoreEntry[]>>();
  const storeOfRun = (runDir: string) => {
    const root = dirname(runDir);
    if (!stores.has(root)) stores.set(root, storeEntries(root));
    return stores.get(root)!;
  };
  return mapAtOnce(runDirs, (runDir) => statusOf(runDir, storeOfRun).catch((error: unknown) => broken(runDir, error)));
}

async function statusOf(
  runDir: string,
  storeOfRun: (runDir: string) => Promise<readonly StoreEntry[]>,
): Promise<ReadRun> {
  const holder = await lockHolder(runFile.lock(runDir));
  const found = await findStages(runDir);
  const { problem } = found;
  const stages = problem === null ? found.stages : [...(await begunSince(found.stages, runDir)), ...found.stages];
  const consumed = new Set(stages.flatMap(({ record }) => Object.values(record?.inputs ?? {}).map(nameOf)));
  const settled = holder === undefined && stages.every((stage) => isSettled(stage, consumed));
  const facts: RunFacts = {
    holder: holder?.pid,
    progress: settled ? undefined : await readProgress(runFile.progress(runDir)),
    events: settled ? { failures: new Map() } : await readLastEvents(runFile.journal(runDir)),
    consumed,
    // Prepared results that no stage has consumed yet are only found in the store.
    made: consumed.size > 0 ? new Map<string, StageRecord>() : madeBy(runDir, await storeOfRun(runDir)),
    now: Date.now(),
  };
  const shown = stages.map((stage) => stageStatus(stage, facts));
  return {
    status: { name: basename(runDir), dir: runDir, runningBy: holder?.pid ?? null, problem, stages: shown },
    records: new Map(found.stages.flatMap(({ name, record }) => (record === undefined ? [] : [[name, record]]))),
  };
}

/** A shared stage that only the journal mentions: it has no folder in the run, no config names it, and no stage consumed it. */
async function begunSince(stages: readonly FoundStage[], runDir: string): Promise<FoundStage[]> {
  const { last } = await readLastEvents(runFile.journal(runDir));
  const known = last === undefined || stages.some(({ name }) => name === last.stage);
  return known ? [] : [{ name: last.stage, type: last.stage, damaged: false }];
}

function nameOf({ stage }: { readonly stage: string }): string {
  return stage;
}

function isSettled({ name, record, damaged }: FoundStage, consumed: ReadonlySet<string>): boolean {
  return !damaged && (record === undefined ? consumed.has(name) : record.status === 'done');
}

/** A run's results in the store, by type of stage. */
function madeBy(runDir: string, entries: readonly StoreEntry[]): Map<string, StageRecord> {
  return new Map([...lastMade(basename(runDir), entries)].map(({ type, record }) => [type, record]));
}

/** One folder that cannot be read does not hide the others. */
function broken(runDir: string, error: unknown): ReadRun {
  const why = error instanceof Error ? error.message : String(error);
  const problem = `Its folder cannot be read: ${why}.`;
  const status = { name: basename(runDir), dir: runDir, runningBy: null, problem, stages: [] };
  return { status, records: new Map() };
}
