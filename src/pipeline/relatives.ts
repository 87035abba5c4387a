import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mapAtOnce } from '../support/at-once.js';
import { errorCode } from '../support/files.js';
import { differences, inWords } from './differences.js';
import { partsAsNow } from './former.js';
import { runNames } from './find-run.js';
import { runFile, storeOf } from './paths.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { configNameOf } from './run-name.js';

/** The latest so many runs are looked at: a thousand cost a fraction of a second. */
const MOST_SIBLINGS = 1000;

/**
 * Why a stage that was never run here is not one that was run elsewhere: how it differs from the same stage of the nearest run, which
 * is the one with the fewest differences in all its stages, and the latest of those that are equally near. A changed config makes a new
 * run, whose stages were all never run; this says what the change was.
 */
export async function findRelative(stage: PlannedStage, plan: Plan): Promise<string | undefined> {
  const shared = stage.component.scope === 'shared';
  const record = shared ? await nearestResult(stage, plan) : await nearestOfRuns(stage, plan);
  if (record === undefined) return undefined;
  const phrases = differences(partsAsNow(record, stage), stage.parts, stage);
  if (phrases.length === 0 && record.former)
    return `an earlier version made ${record.run}, in which other things counted`;
  // Only the run's name differs, or something that does not concern this stage.
  if (phrases.length === 0) return `new run; this stage is as in ${record.run}`;
  return `${shared ? '' : 'new run; '}compared with ${record.run}: ${inWords(phrases)}`;
}

/** Of the results that a shared stage has published, the latest of those with the fewest differences. */
async function nearestResult(stage: PlannedStage, plan: Plan): Promise<StageRecord | undefined> {
  const store = storeOf(plan.runsRoot, stage.type);
  const entries = await readdir(store).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = await mapAtOnce(
    entries.filter((entry) => /^[0-9a-f]{64}$/.test(entry)),
    (entry) => readRecord(join(store, entry)),
  );
  const records = found.filter((record) => record !== undefined);
  records.sort((a, b) => a.started.localeCompare(b.started));
  return nearest(records, (record) => differences(partsAsNow(record, stage), stage.parts, stage).length);
}

type RunRecords = ReadonlyMap<string, StageRecord>;

async function nearestOfRuns(stage: PlannedStage, plan: Plan): Promise<StageRecord | undefined> {
  const runs = (await siblingsOf(plan)).filter((records) => records.has(stage.name));
  return nearest(runs, (records) => distance(records, plan))?.get(stage.name);
}

/** In how much a run differs from what is planned. A stage that only has another input because of that adds nothing. */
function distance(records: RunRecords, { stages }: Plan): number {
  const shared = new Set(stages.filter(({ component }) => component.scope === 'shared').map(({ name }) => name));
  const otherInputs = new Set<string>();
  let count = 0;
  for (const stage of stages) {
    const record = records.get(stage.name);
    if (record === undefined) continue;
    count += differences({ ...partsAsNow(record, stage), inputs: stage.parts.inputs }, stage.parts, stage).length;
    for (const [artifact, fingerprint] of Object.entries(record.parts.inputs)) {
      const maker = stage.inputs[artifact];
      const changed = fingerprint !== stage.parts.inputs[artifact];
      if (changed && maker !== undefined && shared.has(maker)) otherInputs.add(maker);
    }
  }
  return count + otherInputs.size;
}

/** Read once a plan, whatever the number of its stages. */
const siblings = new WeakMap<Plan, Promise<readonly RunRecords[]>>();

/** What the stages of the latest other runs of the same config have left, the latest run last. */
function siblingsOf(plan: Plan): Promise<readonly RunRecords[]> {
  const known = siblings.get(plan) ?? readSiblings(plan);
  siblings.set(plan, known);
  return known;
}

async function readSiblings({ runsRoot, runName, stages }: Plan): Promise<readonly RunRecords[]> {
  const names = (await runNames(runsRoot)).filter(
    (name) => name !== runName && configNameOf(name) === configNameOf(runName),
  );
  const own = stages.filter(({ component }) => component.scope === 'run');
  return mapAtOnce(names.slice(-MOST_SIBLINGS), async (name) => {
    const records = new Map<string, StageRecord>();
    for (const stage of own) {
      const record = await readRecord(runFile.stage(join(runsRoot, name), stage.name));
      if (record !== undefined) records.set(stage.name, record);
    }
    return records;
  });
}

/** The last of the items with the least distance. */
function nearest<T>(items: readonly T[], distanceOf: (item: T) => number): T | undefined {
  let best: { readonly item: T; readonly distance: number } | undefined;
  for (const item of items) {
    const far = distanceOf(item);
    if (best === undefined || far <= best.distance) best = { item, distance: far };
  }
  return best?.item;
}
