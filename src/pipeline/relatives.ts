import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../support/files.js';
import { differences, inWords } from './differences.js';
import { runNames } from './find-run.js';
import { runFile, storeOf } from './paths.js';
import type { Plan, PlannedStage } from './plan.js';
import { readRecord, type StageRecord } from './record.js';
import { configNameOf } from './run-name.js';

/** Reading them all would cost the last trials of a large sweep more than the rest of their start. */
const MOST_SIBLINGS = 50;

/**
 * Why a stage that was never run here is not one that was run elsewhere: how it differs from the most similar one, the latest of
 * equally similar ones. A changed config makes a new run, whose stages were all never run; this says what the change was.
 */
export async function findRelative(stage: PlannedStage, plan: Plan): Promise<string | undefined> {
  const shared = stage.component.scope === 'shared';
  const candidates = shared ? await published(stage, plan) : await siblings(stage, plan);
  let best: { record: StageRecord; phrases: string[] } | undefined;
  for (const record of candidates) {
    const phrases = differences(record.parts, stage.parts, stage);
    if (best === undefined || phrases.length <= best.phrases.length) best = { record, phrases };
  }
  if (best === undefined) return undefined;
  const { record, phrases } = best;
  // Only the run's name differs, or something that does not concern this stage.
  if (phrases.length === 0) return `new run; this stage is as in ${record.run}`;
  return `${shared ? '' : 'new run; '}compared with ${record.run}: ${inWords(phrases)}`;
}

/** The same stage in the latest other runs of the same config, the latest last. */
async function siblings(stage: PlannedStage, plan: Plan): Promise<StageRecord[]> {
  const names = (await runNames(plan.runsRoot)).filter(
    (name) => name !== plan.runName && configNameOf(name) === configNameOf(plan.runName),
  );
  return records(names.slice(-MOST_SIBLINGS).map((name) => runFile.stage(join(plan.runsRoot, name), stage.name)));
}

async function published(stage: PlannedStage, plan: Plan): Promise<StageRecord[]> {
  const store = storeOf(plan.runsRoot, stage.type);
  const entries = await readdir(store).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  const found = await records(
    entries.filter((entry) => /^[0-9a-f]{64}$/.test(entry)).map((entry) => join(store, entry)),
  );
  return found.sort((a, b) => a.started.localeCompare(b.started));
}

async function records(dirs: readonly string[]): Promise<StageRecord[]> {
  const read = await Promise.all(dirs.map((dir) => readRecord(dir)));
  return read.filter((record) => record !== undefined);
}
