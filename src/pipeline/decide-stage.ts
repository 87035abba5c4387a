import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ArtifactKind, ConfigView } from '../registry/kinds/stage.js';
import { errorCode } from '../support/files.js';
import { isJsonObject, type JsonObject } from '../support/json.js';
import { compare } from './compare.js';
import type { Decision, ResultState, Selection } from './decision.js';
import { joinPhrases, valueDifferences } from './differences.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import { findRelative } from './relatives.js';
import { damageTo } from './sealed-files.js';
import { setAsideOf } from './set-aside.js';
import { withAncestors } from './stage-order.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { viewOf } from './view.js';

export interface DecisionContext {
  readonly plan: Plan;
  readonly selection: Selection;
  readonly view: ConfigView;
  /** Of all earlier stages, by name. */
  readonly results: ReadonlyMap<string, ResultState>;
}

/**
 * Decides what to do about a stage, from the files on disk and what is known of its inputs. Changes nothing. A preview decides before inputs
 * exist, so some of its decisions are tentative; a run decides when they exist.
 */
export async function decideStage(stage: PlannedStage, context: DecisionContext): Promise<Decision> {
  const decision = await decideFromDisk(stage, context);
  return decision.action === 'skip' || isSelected(stage, context) ? decision : leave(decision);
}

function isSelected({ name }: PlannedStage, { plan, selection: { only, until } }: DecisionContext): boolean {
  if (only !== undefined) return name === only;
  return until === undefined || withAncestors(plan.stages, until).has(name);
}

async function decideFromDisk(stage: PlannedStage, context: DecisionContext): Promise<Decision> {
  const record = await readRecord(stage.dir);
  const exists = record !== undefined || (await hasContent(stage.dir));
  const again = (reason: string, result = newResult(stage)): Decision =>
    exists ? { stage, action: 'replace', reason, result, record } : { stage, action: 'fresh', reason, result };

  if (context.selection.force.includes(stage.name)) return again('forced');
  const compared = record && (await compare(record, stage, context));
  if (record !== undefined && compared?.is === 'same') return decideOnRecord(stage, record, context);
  const restored = await decideOnSetAside(stage, context);
  if (restored !== undefined) return restored;
  if (compared?.is === 'open') {
    return again(`${compared.reason}; what is there stays if that comes out as before`, { is: 'open' });
  }
  if (compared?.is === 'other') return again(compared.reason);
  if (exists) return again('what is there was made by another version of runner, or its stage.json is damaged');
  return again((await findRelative(stage, context.plan)) ?? 'never run');
}

/** The result of a stage that starts over: a shared one's id is its content, which may be unchanged. */
function newResult({ component }: PlannedStage): ResultState {
  return { is: component.scope === 'run' ? 'new' : 'open' };
}

/** For a complete or partial result of exactly this work. */
async function decideOnRecord(stage: PlannedStage, record: StageRecord, context: DecisionContext): Promise<Decision> {
  const { plan } = context;
  if (record.status !== 'done') return resume(stage, record);
  const damage = await damageTo(stage.dir, record.files);
  if (damage !== undefined) return repair(stage, record, damage);
  const objection = await objectionTo(stage, record, context);
  if (objection !== undefined) return { stage, action: 'replace', reason: objection, result: newResult(stage), record };
  const maker = stage.component.scope === 'shared' && record.run !== plan.runName ? `, made by run ${record.run}` : '';
  const changed = bookkeepingChanges(record, stage);
  const reason = `up to date${maker}${changed === '' ? '' : ` (${changed} changes nothing that is there)`}`;
  return { stage, action: 'skip', reason, result: existingResult(record), record };
}

function resume(stage: PlannedStage, record: StageRecord): Decision {
  const why = { running: 'was cut off', interrupted: 'was stopped', failed: 'failed', done: 'is done' }[record.status];
  const changed = bookkeepingChanges(record, stage);
  const reason = `unfinished: it ${why}${changed === '' ? '' : `; from now on ${changed}`}`;
  return { stage, action: 'resume', reason, result: existingResult(record), record };
}

/** A run's stage continues with the intact files, such as older checkpoints; a shared result is immutable, so it is rebuilt. */
function repair(stage: PlannedStage, record: StageRecord, damage: string): Decision {
  if (stage.component.scope === 'run')
    return { stage, action: 'resume', reason: damage, result: existingResult(record), record };
  return { stage, action: 'replace', reason: damage, result: newResult(stage), record };
}

/** A resumed stage keeps its result's id. */
function existingResult({ made }: StageRecord): ResultState {
  return { is: 'there', resultId: made };
}

/** Changed options that affect no result: `train.keep: 5 -> 3`. An option that is not set, such as one of a later version, has its default. */
function bookkeepingChanges(record: StageRecord, { bookkeeping, defaultBookkeeping }: PlannedStage): string {
  if (record.former) return '';
  const [then, now] = [record.bookkeeping, bookkeeping].map((values) => filled(values, defaultBookkeeping));
  return joinPhrases(valueDifferences(then, now, ''));
}

function filled(values: JsonObject, defaults: JsonObject): JsonObject {
  const missing = Object.entries(defaults).map(([key, usual]) => {
    const value = values[key];
    return [key, isJsonObject(value) && isJsonObject(usual) ? filled(value, usual) : (value ?? usual)] as const;
  });
  return { ...values, ...Object.fromEntries(missing) };
}

async function objectionTo(
  stage: PlannedStage,
  record: StageRecord,
  { view, plan }: DecisionContext,
): Promise<string | undefined> {
  const created = stage.component.create(stage.options as never);
  if (created.objection === undefined) return undefined;
  const config = viewOf(view.config, stage.sees, stage.name);
  const inputs = await outputsOfInputs(stage, plan);
  return created.objection({ dir: stage.dir, outputs: record.outputs }, { ...view, config }, inputs);
}

async function outputsOfInputs(stage: PlannedStage, { stages }: Plan): Promise<Record<ArtifactKind, JsonObject>> {
  const found: Record<ArtifactKind, JsonObject> = {};
  for (const [artifact, name] of Object.entries(stage.inputs)) {
    const record = await readRecord(stages.find((other) => other.name === name)!.dir);
    if (record?.status === 'done') found[artifact] = record.outputs;
  }
  return found;
}

/** Restores a result that was set aside and matches again, such as an evaluation whose options were changed back. */
async function decideOnSetAside(stage: PlannedStage, context: DecisionContext): Promise<Decision | undefined> {
  if (stage.component.scope === 'shared') return undefined;
  for (const { dir, record } of await setAsideOf(stage.dir)) {
    if ((await compare(record, stage, context)).is !== 'same') continue;
    const isDone = record.status === 'done';
    if (isDone && (await damageTo(dir, record.files)) !== undefined) continue;
    const reason = `${isDone ? 'as' : 'goes on as'} in ${basename(dir)}, which was set aside`;
    return {
      stage,
      action: isDone ? 'restore' : 'resume',
      reason,
      result: existingResult(record),
      record,
      restores: dir,
    };
  }
  return undefined;
}

/** Does not run the stage, and keeps its files. */
function leave(decision: Decision): Decision {
  const record = 'record' in decision ? decision.record : undefined;
  const result: ResultState = record === undefined ? { is: 'open' } : existingResult(record);
  return { stage: decision.stage, action: 'leave', reason: 'not asked for', result };
}

async function hasContent(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).length > 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
