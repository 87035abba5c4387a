import { join } from 'node:path';
import { runNames } from '../find-run.js';
import { readRecord, type StageRecord } from '../stage-record.js';
import { foldersIn, type StoreEntry } from './store-entries.js';

/**
 * The results in the store that runs need to resume, or to evaluate and export again: those that their stages consumed, and the inputs of
 * these. For a run that has consumed none yet: its latest results. Results that a run has set aside do not count.
 *
 * @returns names of entries, with the runs that need them
 */
export async function neededEntries(
  runsRoot: string,
  entries: readonly StoreEntry[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const needed = new Map<string, Set<string>>();
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const need = (record: StageRecord, run: string): void => {
    for (const { dir } of Object.values(record.inputs)) {
      const name = dir.replaceAll('\\', '/');
      const runs = needed.get(name) ?? new Set();
      if (runs.has(run)) continue;
      needed.set(name, runs.add(run));
      const input = byName.get(name)?.record;
      if (input !== undefined) need(input, run);
    }
  };
  for (const run of await runNames(runsRoot)) {
    const records = await stageRecords(join(runsRoot, run));
    for (const record of records) need(record, run);
    if (records.some(({ inputs }) => Object.keys(inputs).length > 0)) continue;
    for (const { name, record } of lastMade(run, entries)) {
      needed.set(name, (needed.get(name) ?? new Set()).add(run));
      need(record, run);
    }
  }
  return new Map([...needed].map(([name, runs]) => [name, [...runs]]));
}

/** The latest result of a run for each type of stage. */
export function lastMade(run: string, entries: readonly StoreEntry[]) {
  const last = new Map<string, StoreEntry & { readonly record: StageRecord }>();
  for (const entry of entries) {
    const { record, setAside, type } = entry;
    if (record?.run !== run || setAside) continue;
    if ((last.get(type)?.record.started ?? '') < record.started) last.set(type, { ...entry, record });
  }
  return last.values();
}

async function stageRecords(runDir: string): Promise<StageRecord[]> {
  // Folders that were set aside are named `<stage>.<fingerprint>`.
  const stages = (await foldersIn(runDir)).filter((name) => !name.includes('.'));
  const records = await Promise.all(stages.map((stage) => readRecord(join(runDir, stage))));
  return records.filter((record) => record !== undefined);
}
