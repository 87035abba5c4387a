import { randomBytes } from 'node:crypto';
import { relative } from 'node:path';
import { hidePasswords } from '../support/passwords.js';
import type { Plan, PlannedStage } from './planned-stage.js';
import type { StageEnd } from './stage-job.js';
import { type StageRecord, writeRecord } from './stage-record.js';
import type { StageRunContext } from './stage-run-context.js';

type Inputs = StageRunContext['inputs'];

/** The stage.json of a running stage. @param earlier the record of the attempt that is resumed */
export function openRecord(
  stage: PlannedStage,
  { inputs, plan }: Pick<StageRunContext, 'inputs' | 'plan'>,
  earlier?: StageRecord,
): StageRecord {
  return {
    fingerprint: stage.fingerprint,
    made: earlier?.made ?? randomBytes(6).toString('hex'),
    status: 'running',
    outputs: {},
    summary: [],
    artifacts: [],
    files: {},
    run: plan.runName,
    started: earlier?.started ?? new Date().toISOString(),
    finished: null,
    seconds: earlier?.seconds ?? 0,
    inputs: consumedBy(stage, inputs, plan),
    ...parentOf(stage, plan),
    parts: stage.parts,
    bookkeeping: stage.bookkeeping,
    former: false,
  };
}

/** The record once the attempt has ended. @param began by `performance.now()` */
export function sealedRecord(open: StageRecord, end: StageEnd, began: number): StageRecord {
  return {
    ...open,
    status: end.status,
    ...(end.status === 'failed' && problemOf(end)),
    outputs: end.status === 'done' ? end.outputs : {},
    summary: end.status === 'done' ? (end.summary ?? []) : [],
    artifacts: end.status === 'done' ? (end.artifacts ?? []) : [],
    finished: new Date().toISOString(),
    seconds: open.seconds + (performance.now() - began) / 1000,
  };
}

/** Points a result at its inputs that were rebuilt with equal content, so that cleaning the store keeps them. */
export async function recordInputs(
  stage: PlannedStage,
  record: StageRecord,
  inputs: Inputs,
  plan: Plan,
): Promise<void> {
  // The fingerprint stays: runs that continue this result refer to it.
  const { former, bookkeeping } = record;
  const kept = { ...record, parts: stage.parts, inputs: consumedBy(stage, inputs, plan) };
  await writeRecord(stage.dir, { ...kept, bookkeeping: former ? stage.bookkeeping : bookkeeping });
}

function consumedBy(stage: PlannedStage, inputs: Inputs, { runsRoot }: Plan): StageRecord['inputs'] {
  const consumed = Object.entries(inputs).map(([artifact, { dir, fingerprint, resultId }]) => {
    const from = { stage: stage.inputs[artifact]!, dir: relative(runsRoot, dir), fingerprint, made: resultId };
    return [artifact, from] as const;
  });
  return Object.fromEntries(consumed);
}

function parentOf({ parent }: PlannedStage, { runsRoot }: Plan): Pick<StageRecord, 'parent'> {
  if (parent === undefined) return {};
  const { dir, fingerprint, resultId } = parent;
  return { parent: { dir: relative(runsRoot, dir), fingerprint, made: resultId } };
}

/** The first problem, which `runner status` shows. */
function problemOf({ problems: [first] }: StageEnd & { status: 'failed' }): Pick<StageRecord, 'problem'> {
  if (first === undefined) return {};
  const { code, message, cure } = first;
  return { problem: hidePasswords({ code, message, ...(cure !== undefined && { cure }) }) };
}
