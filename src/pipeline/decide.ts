import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ConfigView } from '../registry/kinds/stage.js';
import { errorCode } from '../support/files.js';
import type { Problem } from '../support/problem.js';
import { compare, TO_BE_MADE, type KnownInput } from './compare.js';
import { inWords, valueDifferences } from './differences.js';
import { damageTo } from './sealed-files.js';
import { withAncestors } from './stage-order.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Action, Plan, PlannedStage } from './plan.js';
import { readRecord, type StageRecord } from './stage-record.js';
import { findRelative } from './relatives.js';
import { setAsideOf } from './set-aside.js';
import { viewOf } from './view.js';

/** Which stages the user wants, by name. */
export interface Selection {
  /** Run again although their results are there. */
  readonly force: readonly string[];
  /** Run this one and no other. */
  readonly only?: string;
  /** Run this one and what it needs. */
  readonly until?: string;
}

/** What is to be done about a stage, and why. */
export interface Decision {
  readonly stage: PlannedStage;
  readonly action: Action;
  readonly reason: string;
  /** Whether the user wants it made, where it is not there. */
  readonly asked: boolean;
  /** What is there now, or what is put back. */
  readonly record?: StageRecord;
  /** The folder that is put back in the place of what is there. */
  readonly restores?: string;
  /** Whether what is there stays after all, if the inputs come out as they were. */
  readonly isPending?: boolean;
}

/** Compares the plan with what is on the disk. Changes nothing. */
export async function decide(
  plan: Plan,
  selection: Selection,
  view: ConfigView,
): Promise<Outcome<readonly Decision[]>> {
  const unknown = unknownNames(plan, selection);
  if (unknown.length > 0) return invalid(...unknown);
  const selected = selectedNames(plan, selection);
  const decisions: Decision[] = [];
  for (const stage of plan.stages) {
    const decision = await decideOne(stage, plan, { selection, view, earlier: decisions });
    decisions.push(selected.has(stage.name) ? decision : unasked(decision));
  }
  const lacking = lackingInputs(decisions);
  return lacking.length > 0 ? invalid(...lacking) : valid(decisions);
}

async function decideOne(
  stage: PlannedStage,
  plan: Plan,
  { selection, view, earlier }: { selection: Selection; view: ConfigView; earlier: readonly Decision[] },
): Promise<Decision> {
  const record = await readRecord(stage.dir);
  const there = record !== undefined || (await hasContent(stage.dir));
  const afresh = (reason: string): Decision => ({
    stage,
    action: there ? 'replace' : 'fresh',
    reason,
    asked: true,
    record,
  });

  if (selection.force.includes(stage.name)) return afresh('forced');
  const inputOf = (name: string) => knownInput(earlier.find((other) => other.stage.name === name)!);
  const compared = record && (await compare(record, stage, inputOf, plan.runsRoot));
  if (compared?.is === 'same') return settle(stage, record!, plan, view);
  const kept = await findSetAside(stage, plan, inputOf);
  if (kept !== undefined) return kept;
  if (compared?.is === 'pending') {
    const reason = `${compared.reason}; what is there stays if that comes out as before`;
    return { ...afresh(reason), isPending: true };
  }
  if (compared !== undefined) return afresh(compared.reason);
  if (there) return afresh('what is there was made by another version of runner, or its stage.json is damaged');

  const relative = await findRelative(stage, plan);
  return afresh(relative ?? 'never run');
}

/** What is to be done about a result, or half of one, that is of this very work. */
async function settle(stage: PlannedStage, record: StageRecord, plan: Plan, view: ConfigView): Promise<Decision> {
  if (record.status !== 'done') return goOn(stage, record);
  const damage = await damageTo(stage.dir, record.files);
  if (damage !== undefined) return mend(stage, record, damage);
  const objection = await objectionTo(stage, record, view);
  if (objection !== undefined) return { stage, action: 'replace', reason: objection, asked: true, record };
  const maker = stage.component.scope === 'shared' && record.run !== plan.runName ? `, made by run ${record.run}` : '';
  const changed = bookkeeping(record, stage);
  const reason = `up to date${maker}${changed === '' ? '' : ` (${changed} changes nothing that is there)`}`;
  return { stage, action: 'skip', reason, asked: true, record };
}

/** A run's stage works in place on what is left, such as training on its older checkpoints; a shared one is made anew, as it never changes. */
function mend(stage: PlannedStage, record: StageRecord, damage: string): Decision {
  const action = stage.component.scope === 'shared' ? 'replace' : 'resume';
  return { stage, action, reason: damage, asked: true, record };
}

function goOn(stage: PlannedStage, record: StageRecord): Decision {
  const why = { running: 'was cut off', interrupted: 'was stopped', failed: 'failed', done: 'is done' }[record.status];
  const changed = bookkeeping(record, stage);
  const reason = `unfinished: it ${why}${changed === '' ? '' : `; from now on ${changed}`}`;
  return { stage, action: 'resume', reason, asked: true, record };
}

/** `train.keep: 5 -> 3`: what changes no result, and has changed since it was made. */
function bookkeeping(record: StageRecord, stage: PlannedStage): string {
  return record.former ? '' : inWords(valueDifferences(record.bookkeeping, stage.bookkeeping, ''));
}

async function objectionTo(stage: PlannedStage, record: StageRecord, view: ConfigView): Promise<string | undefined> {
  const made = stage.component.create(stage.options as never);
  const config = viewOf(view.config, stage.reads, stage.name);
  return made.objection?.({ dir: stage.dir, outputs: record.outputs }, { ...view, config });
}

/** What the run has set aside and is of this very work: an evaluation of before, when its options are what they were again. */
async function findSetAside(
  stage: PlannedStage,
  plan: Plan,
  inputOf: (name: string) => KnownInput,
): Promise<Decision | undefined> {
  if (stage.component.scope === 'shared') return undefined;
  for (const { dir, record } of await setAsideOf(stage.dir)) {
    if ((await compare(record, stage, inputOf, plan.runsRoot)).is !== 'same') continue;
    const isDone = record.status === 'done';
    if (isDone && (await damageTo(dir, record.files)) !== undefined) continue;
    const reason = `${isDone ? 'as' : 'goes on as'} in ${basename(dir)}, which was set aside`;
    return { stage, action: isDone ? 'restore' : 'resume', reason, asked: true, record, restores: dir };
  }
  return undefined;
}

function unasked(decision: Decision): Decision {
  const left = { ...decision, action: 'leave', reason: 'not asked for', asked: false } as const;
  return decision.action === 'skip' ? { ...decision, asked: false } : left;
}

function knownInput(decision: Decision): KnownInput {
  return { component: decision.stage.component, made: madeBy(decision) };
}

/** What tells the content of a stage's result, once it has run; of a shared stage only its making shows whether it is another. */
function madeBy({ stage, action, record, isPending }: Decision): string | undefined {
  const afresh = action === 'fresh' || action === 'replace';
  if (!afresh) return record?.made;
  return stage.component.scope === 'run' && isPending !== true ? TO_BE_MADE : undefined;
}

/**
 * The same decision when the inputs are there: those that were made just now can have another content than before, or the same that they had.
 *
 * @param madeNow what tells the content of what a stage has made
 */
export async function reconsider(
  decision: Decision,
  plan: Plan,
  view: ConfigView,
  madeNow: (stage: string) => string | undefined,
): Promise<Decision> {
  const { stage, action, record, asked, isPending, restores } = decision;
  if (record === undefined || (action !== 'skip' && action !== 'resume' && action !== 'restore' && isPending !== true))
    return decision;
  const inputOf = (name: string) => ({
    component: plan.stages.find((other) => other.name === name)!.component,
    made: madeNow(name),
  });
  const compared = await compare(record, stage, inputOf, plan.runsRoot);
  if (compared.is === 'same') {
    if (isPending !== true) return decision;
    const settled = await settle(stage, record, plan, view);
    return asked ? settled : unasked(settled);
  }
  if (restores !== undefined) return { stage, asked, action: 'fresh', reason: compared.reason };
  const afresh: Decision = { stage, asked, record, action: 'replace', reason: compared.reason };
  return asked ? afresh : unasked(afresh);
}

function selectedNames(plan: Plan, { only, until }: Selection): Set<string> {
  if (only !== undefined) return new Set([only]);
  return until === undefined ? new Set(plan.stages.map((stage) => stage.name)) : withAncestors(plan.stages, until);
}

function unknownNames(plan: Plan, { force, only, until }: Selection): Problem[] {
  const names = plan.stages.map((stage) => stage.name);
  const asked = [...force.map((name) => ['--force', name]), ['--only', only], ['--until', until]];
  return asked
    .filter(([, name]) => name !== undefined && !names.includes(name))
    .map(([option, name]) => ({
      code: 'unknown-stage',
      message: `${option} ${name}: there is no such stage. There are: ${names.join(', ')}.`,
    }));
}

/** Stages that are to run while something they consume neither is there nor will be. */
function lackingInputs(decisions: readonly Decision[]): Problem[] {
  const left = new Set(decisions.filter(({ action }) => action === 'leave').map(({ stage }) => stage.name));
  return decisions
    .filter(({ action }) => action !== 'leave' && action !== 'skip')
    .flatMap(({ stage }) =>
      Object.values(stage.inputs)
        .filter((input) => left.has(input))
        .map((input) => ({
          code: 'input-not-made',
          message: `Stage "${stage.name}" consumes what "${input}" makes, which is not there or not up to date.`,
          cure: `Use --until ${stage.name}, which runs what it needs first.`,
        })),
    );
}

async function hasContent(dir: string): Promise<boolean> {
  try {
    return (await readdir(join(dir))).length > 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
