import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../support/files.js';
import type { Problem } from '../support/problem.js';
import { differences, inWords } from './differences.js';
import { damageTo } from './sealed-files.js';
import { withAncestors } from './order.js';
import { invalid, type Outcome, valid } from '../support/outcome.js';
import type { Action, Plan, PlannedStage } from './plan.js';
import { readRecord, type StageRecord } from './record.js';
import { findRelative } from './relatives.js';
import { remadeInputs } from './remade.js';

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
  /** What is there now. */
  readonly record?: StageRecord;
}

/** Compares the plan with what is on the disk. Changes nothing. */
export async function decide(plan: Plan, selection: Selection): Promise<Outcome<readonly Decision[]>> {
  const unknown = unknownNames(plan, selection);
  if (unknown.length > 0) return invalid(...unknown);
  const selected = selectedNames(plan, selection);
  const decisions: Decision[] = [];
  for (const stage of plan.stages) {
    const decision = await decideOne(stage, plan, selection, decisions);
    decisions.push(selected.has(stage.name) ? decision : unasked(decision));
  }
  const lacking = lackingInputs(decisions);
  return lacking.length > 0 ? invalid(...lacking) : valid(decisions);
}

async function decideOne(
  stage: PlannedStage,
  plan: Plan,
  selection: Selection,
  earlier: readonly Decision[],
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
  if (record?.fingerprint === stage.fingerprint) {
    const remade = remadeInputs(stage, record, (input) => madeBy(earlier.find((other) => other.stage.name === input)!));
    if (remade !== undefined) return afresh(remade);
    const damage = record.status === 'done' ? await damageTo(stage.dir, record.files) : undefined;
    return damage === undefined ? goOn(stage, record, plan) : mend(stage, record, damage);
  }
  if (record !== undefined) return afresh(inWords(differences(record.parts, stage.parts, stage)));
  if (there) return afresh('what is there was made by another version of runner, or its stage.json is damaged');

  const relative = await findRelative(stage, plan);
  return afresh(relative ?? 'never run');
}

/** A run's stage works in place on what is left, such as training on its older checkpoints; a shared one is made anew, as it never changes. */
function mend(stage: PlannedStage, record: StageRecord, damage: string): Decision {
  const action = stage.component.scope === 'shared' ? 'replace' : 'resume';
  return { stage, action, reason: damage, asked: true, record };
}

function goOn(stage: PlannedStage, record: StageRecord, plan: Plan): Decision {
  if (record.status === 'done') {
    const maker =
      stage.component.scope === 'shared' && record.run !== plan.runName ? `, made by run ${record.run}` : '';
    return { stage, action: 'skip', reason: `up to date${maker}`, asked: true, record };
  }
  const why = { running: 'was cut off', interrupted: 'was stopped', failed: 'failed' }[record.status];
  return { stage, action: 'resume', reason: `unfinished: it ${why}`, asked: true, record };
}

function unasked(decision: Decision): Decision {
  const left = { ...decision, action: 'leave', reason: 'not asked for', asked: false } as const;
  return decision.action === 'skip' ? { ...decision, asked: false } : left;
}

/** What tells the content of a stage's result, once it has run; of a shared stage only its making shows whether it is another. */
function madeBy({ stage, action, record }: Decision): string | undefined {
  const afresh = action === 'fresh' || action === 'replace';
  if (!afresh) return record?.made;
  return stage.component.scope === 'run' ? 'to be made' : undefined;
}

/** The same decision when the inputs are there: those that were made just now can have another content than before. */
export function reconsider(decision: Decision, madeNow: (stage: string) => string | undefined): Decision {
  const { stage, action, record, asked } = decision;
  if (record === undefined || (action !== 'skip' && action !== 'resume')) return decision;
  const reason = remadeInputs(stage, record, madeNow);
  if (reason === undefined) return decision;
  const afresh: Decision = { ...decision, action: 'replace', reason };
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
