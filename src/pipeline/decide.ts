import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../support/files.js';
import type { Problem } from '../support/problem.js';
import { differences, inWords } from './differences.js';
import { withAncestors } from './order.js';
import { invalid, type Outcome, valid } from './outcome.js';
import type { Action, Plan, PlannedStage } from './plan.js';
import { readRecord, type StageRecord } from './record.js';
import { findRelative } from './relatives.js';

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
  /** What is there now. */
  readonly record?: StageRecord;
}

/** Compares the plan with what is on the disk. Changes nothing. */
export async function decide(plan: Plan, selection: Selection): Promise<Outcome<readonly Decision[]>> {
  const unknown = unknownNames(plan, selection);
  if (unknown.length > 0) return invalid(...unknown);
  const selected = selectedNames(plan, selection);
  const again = new Set<string>();
  const decisions: Decision[] = [];
  for (const stage of plan.stages) {
    const decision = await decideOne(stage, plan, selection, again);
    const leave = decision.action !== 'skip' && !selected.has(stage.name);
    if (!leave && isRemade(decision)) again.add(stage.name);
    decisions.push(leave ? { ...decision, action: 'leave', reason: 'not asked for' } : decision);
  }
  const lacking = lackingInputs(decisions);
  return lacking.length > 0 ? invalid(...lacking) : valid(decisions);
}

async function decideOne(
  stage: PlannedStage,
  plan: Plan,
  selection: Selection,
  again: ReadonlySet<string>,
): Promise<Decision> {
  const record = await readRecord(stage.dir);
  const there = record !== undefined || (await hasContent(stage.dir));
  const afresh = (reason: string): Decision => ({ stage, action: there ? 'replace' : 'fresh', reason, record });

  if (selection.force.includes(stage.name)) return afresh('forced');
  const remade = Object.values(stage.inputs).filter((input) => again.has(input));
  if (remade.length > 0 && there) return afresh(`its input ${remade.join(' and ')} is made again`);
  if (record?.fingerprint === stage.fingerprint) return goOn(stage, record, plan);
  if (record !== undefined) return afresh(inWords(differences(record.parts, stage.parts, stage)));
  if (there) return afresh('what is there has no readable stage.json');

  const relative = await findRelative(stage, plan);
  return afresh(relative ?? 'never run');
}

function goOn(stage: PlannedStage, record: StageRecord, plan: Plan): Decision {
  if (record.status === 'done') {
    const maker =
      stage.component.scope === 'shared' && record.run !== plan.runName ? `, made by run ${record.run}` : '';
    return { stage, action: 'skip', reason: `up to date${maker}`, record };
  }
  const why = { running: 'was cut off', interrupted: 'was stopped', failed: 'failed' }[record.status];
  return { stage, action: 'resume', reason: `unfinished: it ${why}`, record };
}

/** A forced run stage has new content under the same fingerprint, so what consumed the old content runs again. */
function isRemade({ stage, action, record }: Decision): boolean {
  return stage.component.scope === 'run' && action === 'replace' && record?.fingerprint === stage.fingerprint;
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
