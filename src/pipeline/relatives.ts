import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mapAtOnce } from '../support/at-once.js';
import { errorCode } from '../support/files.js';
import { differences, joinPhrases } from './differences.js';
import { currentParts } from './former-versions.js';
import { runNames } from './find-run.js';
import { runFile, storeOf } from './paths.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { configNameOf } from './run-name.js';

/** Number of latest runs that are compared: a thousand take a fraction of a second. */
const MAX_SIBLINGS = 1000;

/**
 * Describes how a stage that never ran differs from the same stage of the most similar run: the one with the fewest differences over all
 * stages, the latest of equals. A changed config makes a new run, none of whose stages has run; this shows what changed.
 */
export async function findRelative(stage: PlannedStage, plan: Plan): Promise<string | undefined> {
  const shared = stage.component.scope === 'shared';
  const record = shared ? await nearestResult(stage, plan) : await nearestOfRuns(stage, plan);
  if (record === undefined) return undefined;
  const phrases = differences(currentParts(record, stage), stage.parts, stage);
  if (phrases.length === 0 && record.former)
    return `an earlier version made ${record.run}, in which other things counted`;
  // Only the run's name differs, or something that does not concern this stage.
  if (phrases.length === 0) return `new run; this stage is as in ${record.run}`;
  return `${shared ? '' : 'new run; '}compared with ${record.run}: ${joinPhrases(phrases)}`;
}

/** The published result of a shared stage with the fewest differences, the latest of equals. */
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
  return nearest(records, (record) => differences(currentParts(record, stage), stage.parts, stage).length);
}

type RunRecords = ReadonlyMap<string, StageRecord>;

async function nearestOfRuns(stage: PlannedStage, plan: Plan): Promise<StageRecord | undefined> {
  const runs = (await siblingsOf(plan)).filter((records) => records.has(stage.name));
  return nearest(runs, (records) => distance(records, plan))?.get(stage.name);
}

/** The number of differences between a run and the plan. Changed inputs from stages within the run are not counted twice. */
function distance(records: RunRecords, { stages }: Plan): number {
  const shared = new Set(stages.filter(({ component }) => component.scope === 'shared').map(({ name }) => name));
  const otherInputs = new Set<string>();
  let count = 0;
  for (const stage of stages) {
    const record = records.get(stage.name);
    if (record === undefined) continue;
    count += differences({ ...currentParts(record, stage), inputs: stage.parts.inputs }, stage.parts, stage).length;
    for (const [artifact, fingerprint] of Object.entries(record.parts.inputs)) {
      const maker = stage.inputs[artifact];
      const changed = fingerprint !== stage.parts.inputs[artifact];
      if (changed && maker !== undefined && shared.has(maker)) otherInputs.add(maker);
    }
  }
  return count + otherInputs.size;
}

/** Read once per plan, not once per stage. */
const siblings = new WeakMap<Plan, Promise<readonly RunRecords[]>>();

/** Stage records of the latest other runs of the same config, the latest run last. */
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
  return mapAtOnce(names.slice(-MAX_SIBLINGS), async (name) => {
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
