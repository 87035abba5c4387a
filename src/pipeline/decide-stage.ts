import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ConfigView } from '../registry/kinds/stage.js';
import { errorCode } from '../support/files.js';
import { compare } from './compare.js';
import type { Decision, ResultState, Selection } from './decision.js';
import { inWords, valueDifferences } from './differences.js';
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
  /** By name, of every stage that comes before. */
  readonly results: ReadonlyMap<string, ResultState>;
}

/**
 * Decides what is to be done about a stage, by what is on the disk and what is known of its inputs. Changes nothing. A preview asks before
 * inputs are made, so that some decisions say what may be; the run asks when they are there.
 */
export async function decideStage(stage: PlannedStage, context: DecisionContext): Promise<Decision> {
  const decision = await decideIfAsked(stage, context);
  return decision.action === 'skip' || isAsked(stage, context) ? decision : leave(decision);
}

function isAsked({ name }: PlannedStage, { plan, selection: { only, until } }: DecisionContext): boolean {
  if (only !== undefined) return name === only;
  return until === undefined || withAncestors(plan.stages, until).has(name);
}

async function decideIfAsked(stage: PlannedStage, context: DecisionContext): Promise<Decision> {
  const record = await readRecord(stage.dir);
  const there = record !== undefined || (await hasContent(stage.dir));
  const again = (reason: string, result = isNew(stage)): Decision =>
    there ? { stage, action: 'replace', reason, result, record } : { stage, action: 'fresh', reason, result };

  if (context.selection.force.includes(stage.name)) return again('forced');
  const compared = record && (await compare(record, stage, context));
  if (record !== undefined && compared?.is === 'same') return decideOnRecord(stage, record, context);
  const restored = await decideOnSetAside(stage, context);
  if (restored !== undefined) return restored;
  if (compared?.is === 'open') {
    return again(`${compared.reason}; what is there stays if that comes out as before`, { is: 'open' });
  }
  if (compared?.is === 'other') return again(compared.reason);
  if (there) return again('what is there was made by another version of runner, or its stage.json is damaged');
  return again((await findRelative(stage, context.plan)) ?? 'never run');
}

/** What a stage that is run anew will make: a shared one's result is its content, which may be as before. */
function isNew({ component }: PlannedStage): ResultState {
  return { is: component.scope === 'run' ? 'new' : 'open' };
}

/** There is a result, or half of one, that is of this very work. */
async function decideOnRecord(
  stage: PlannedStage,
  record: StageRecord,
  { plan, view }: DecisionContext,
): Promise<Decision> {
  if (record.status !== 'done') return goOn(stage, record);
  const damage = await damageTo(stage.dir, record.files);
  if (damage !== undefined) return mend(stage, record, damage);
  const objection = await objectionTo(stage, record, view);
  if (objection !== undefined) return { stage, action: 'replace', reason: objection, result: isNew(stage), record };
  const maker = stage.component.scope === 'shared' && record.run !== plan.runName ? `, made by run ${record.run}` : '';
  const changed = bookkeepingChanges(record, stage);
  const reason = `up to date${maker}${changed === '' ? '' : ` (${changed} changes nothing that is there)`}`;
  return { stage, action: 'skip', reason, result: isThere(record), record };
}

function goOn(stage: PlannedStage, record: StageRecord): Decision {
  const why = { running: 'was cut off', interrupted: 'was stopped', failed: 'failed', done: 'is done' }[record.status];
  const changed = bookkeepingChanges(record, stage);
  const reason = `unfinished: it ${why}${changed === '' ? '' : `; from now on ${changed}`}`;
  return { stage, action: 'resume', reason, result: isThere(record), record };
}

/** A run's stage works in place on what is left, such as training on its older checkpoints; a shared one is made anew, as it never changes. */
function mend(stage: PlannedStage, record: StageRecord, damage: string): Decision {
  if (stage.component.scope === 'run')
    return { stage, action: 'resume', reason: damage, result: isThere(record), record };
  return { stage, action: 'replace', reason: damage, result: isNew(stage), record };
}

/** A stage that goes on keeps its result's id. */
function isThere({ made }: StageRecord): ResultState {
  return { is: 'there', resultId: made };
}

/** `train.keep: 5 -> 3`: what changes no result, and has changed since it was made. */
function bookkeepingChanges(record: StageRecord, stage: PlannedStage): string {
  return record.former ? '' : inWords(valueDifferences(record.bookkeeping, stage.bookkeeping, ''));
}

async function objectionTo(stage: PlannedStage, record: StageRecord, view: ConfigView): Promise<string | undefined> {
  const created = stage.component.create(stage.options as never);
  const config = viewOf(view.config, stage.reads, stage.name);
  return created.objection?.({ dir: stage.dir, outputs: record.outputs }, { ...view, config });
}

/** What the run has set aside and is of this very work: an evaluation of before, when its options are what they were again. */
async function decideOnSetAside(stage: PlannedStage, context: DecisionContext): Promise<Decision | undefined> {
  if (stage.component.scope === 'shared') return undefined;
  for (const { dir, record } of await setAsideOf(stage.dir)) {
    if ((await compare(record, stage, context)).is !== 'same') continue;
    const isDone = record.status === 'done';
    if (isDone && (await damageTo(dir, record.files)) !== undefined) continue;
    const reason = `${isDone ? 'as' : 'goes on as'} in ${basename(dir)}, which was set aside`;
    return { stage, action: isDone ? 'restore' : 'resume', reason, result: isThere(record), record, restores: dir };
  }
  return undefined;
}

/** Whatever it is that is there stays what it is. */
function leave(decision: Decision): Decision {
  const record = 'record' in decision ? decision.record : undefined;
  const result: ResultState = record === undefined ? { is: 'open' } : isThere(record);
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
