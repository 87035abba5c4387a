import { join } from 'node:path';
import { runNames } from '../find-run.js';
import { readRecord, type StageRecord } from '../record.js';
import { foldersIn, type StoreEntry } from './entries.js';

/**
 * The results in the store that runs need to go on, or to be measured and exported anew, without preparing again: those that their
 * stages have consumed, and what these were made of. What a run has set aside counts no more.
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
    for (const record of await stageRecords(join(runsRoot, run))) need(record, run);
  }
  return new Map([...needed].map(([name, runs]) => [name, [...runs]]));
}

async function stageRecords(runDir: string): Promise<StageRecord[]> {
  // What was set aside is named `<stage>.<fingerprint>`.
  const stages = (await foldersIn(runDir)).filter((name) => !name.includes('.'));
  const records = await Promise.all(stages.map((stage) => readRecord(join(runDir, stage))));
  return records.filter((record) => record !== undefined);
}
