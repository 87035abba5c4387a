import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import type { Components } from '../registry/kinds.js';
import type { Program } from '../registry/program.js';
import type { ArtifactKind, StageInput } from '../registry/kinds/stage.js';
import type { Broadcast } from './broadcast.js';
import type { StageEnd } from './child/protocol.js';
import type { Config } from '../config/config.js';
import type { Decision } from './decide.js';
import type { EnvironmentFile } from './environment-file.js';
import type { Experiment } from './experiment.js';
import { filesIn, hashOfFiles } from './folder-content.js';
import { describeHolder } from '../support/lock.js';
import type { StageJob } from './perform.js';
import { identityOf, type Plan, type PlannedStage } from './plan.js';
import { sealFiles } from './sealed-files.js';
import { canonicalJson } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';
import { readRecord, type StageRecord, writeRecord } from './stage-record.js';
import { runStage } from './run-stage.js';
import { setAside } from './set-aside.js';
import { earlierResults } from './storage/earlier-results.js';
import { fitStore, tellFitting } from './storage/limit.js';
import { publish } from './publish.js';

/** What an attempt at a stage needs to know beside the decision. */
export interface StageRunContext {
  readonly plan: Plan;
  readonly config: Config;
  readonly components: Components;
  readonly stageProcess: Program['stageProcess'];
  readonly broadcast: Broadcast;
  readonly environment: EnvironmentFile;
  /** Bytes that the store may take up. */
  readonly storeLimit: number;
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** By artifact kind. */
  readonly inputs: Readonly<Record<ArtifactKind, ResolvedInput>>;
  /** Where a config path is written, for messages. */
  readonly placeOf?: Experiment['placeOf'];
}

/** An input with what tells it from another of the same fingerprint; see {@link StageRecord}. */
export interface ResolvedInput extends StageInput {
  readonly made: string;
}

/** How an attempt ended; `elsewhere`: another process has made the shared result meanwhile. */
export type AttemptEnd = StageEnd | { readonly status: 'elsewhere' };

/** Runs one stage in the run's folder or the store, and seals what it has made. */
export async function attempt(decision: Decision, around: StageRunContext): Promise<AttemptEnd> {
  return decision.stage.component.scope === 'shared' ? inStore(decision, around) : inRun(decision, around);
}

/** In place, so that it can be gone on with. */
async function inRun(decision: Decision, around: StageRunContext): Promise<AttemptEnd> {
  const { stage, action } = decision;
  if (decision.restores !== undefined) await putBack(decision, around.broadcast);
  else if (action === 'replace') await moveAside(decision, around.broadcast);
  await mkdir(stage.dir, { recursive: true });
  const record = newRecord(stage, around, action === 'resume' ? decision.record : undefined);
  await writeRecord(stage.dir, record);
  const began = performance.now();
  const end = await work(decision, stage.dir, [], around);
  const files = await sealFiles(stage.dir, end.status === 'done' ? (end.files ?? []) : []);
  await writeRecord(stage.dir, { ...sealed(record, end, began), files });
  return end;
}

/** In a temporary folder, published when it is whole. */
async function inStore(decision: Decision, around: StageRunContext): Promise<AttemptEnd> {
  const { stage } = decision;
  const { broadcast } = around;
  let end: StageEnd = { status: 'interrupted' };
  const published = await publish({
    store: dirname(stage.dir),
    fingerprint: stage.fingerprint,
    // Forced, or damaged since.
    force: decision.action === 'replace',
    stop: AbortSignal.any([around.stop, around.stopNow]),
    build: async (dir) => {
      const record = newRecord(stage, around);
      const began = performance.now();
      end = await withEarlier(decision, dir, around);
      if (end.status === 'done') end = await unlessInputsChanged(stage, end, around);
      if (end.status !== 'done') return false;
      const made = (await stage.component.content?.(dir)) ?? (await hashOfFiles(dir, await filesIn(dir)));
      await writeRecord(dir, { ...sealed(record, end, began), made, files: await sealFiles(dir, ['.']) });
      return true;
    },
    onWaiting: (holder, advice) => broadcast.emit({ kind: 'waiting', stage: stage.name, holder, advice }),
    onTookOver: (holder) =>
      broadcast.emit({ kind: 'took-over', what: `stage ${stage.name}`, holder: describeHolder(holder) }),
    onSetAside: (to) => broadcast.emit({ kind: 'set-aside', stage: stage.name, to, reason: decision.reason }),
  });
  if (published === 'built') await limitStore(around);
  return published === 'made-by-another' ? { status: 'elsewhere' } : end;
}

/** Works with what the stage has made before at hand, which stays until it ends. */
async function withEarlier(decision: Decision, dir: string, around: StageRunContext): Promise<StageEnd> {
  const earlier = await earlierResults(decision.stage, around.plan.runsRoot);
  try {
    return await work(decision, dir, earlier.dirs, around);
  } finally {
    await earlier.release();
  }
}

/** What was made just now is held by the run. Trouble with old results is none of the new one's. */
async function limitStore({ plan, storeLimit, broadcast }: StageRunContext): Promise<void> {
  try {
    const fitting = await fitStore(plan.runsRoot, storeLimit);
    for (const note of fitting === undefined ? [] : tellFitting(fitting, storeLimit, plan.runsRoot)) {
      broadcast.emit({ kind: 'note', ...note });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `Results that no run needs could not be removed from ${plan.runsRoot}/.store: ${why}`;
    broadcast.emit({ kind: 'note', level: 'warning', text });
  }
}

/** A shared result stands for its input files: what was made while they changed stands for neither the old nor the new ones. */
async function unlessInputsChanged(stage: PlannedStage, end: StageEnd, around: StageRunContext): Promise<StageEnd> {
  const { config, components, stop } = around;
  const files = await identityOf(stage, config, components, stop);
  if (files.ok && canonicalJson(files.value) === canonicalJson(stage.parts.files)) return end;
  const message = `The input files of stage "${stage.name}" changed while it worked on them.`;
  return {
    status: 'failed',
    problems: [{ code: 'files-changed', message, cure: 'Run again when nothing writes to them.' }],
  };
}

async function work(
  { stage, action, reason }: Decision,
  dir: string,
  earlier: readonly string[],
  around: StageRunContext,
): Promise<StageEnd> {
  const { broadcast, config, environment, inputs, plan, stop, stopNow } = around;
  const resumes = action === 'resume';
  broadcast.emit({ kind: 'stage-started', stage: stage.name, reason, resumes });
  await environment.begin(stage.name, resumes);
  const job: StageJob = {
    config,
    stage: stage.name,
    type: stage.type,
    options: stage.options,
    reads: stage.reads,
    dir,
    inputs,
    parent: stage.parent,
    earlier,
    runName: plan.runName,
    runDir: plan.runDir,
  };
  return runStage(job, around, {
    stop,
    stopNow: AbortSignal.any([stopNow, broadcast.broken]),
    onEvent: (event, time) => broadcast.track(stage.name, event, time),
    record: () => broadcast.sync(),
    onEngine: (versions) => {
      // Nice to have: nothing is lost when it cannot be written.
      environment.addEngine(stage.name, versions).catch(() => undefined);
    },
  });
}

/** Puts back what was set aside, in the place of what is there. */
export async function putBack(decision: Decision, broadcast: Broadcast): Promise<void> {
  await moveAside({ ...decision, record: await readRecord(decision.stage.dir) }, broadcast);
  await rename(decision.restores!, decision.stage.dir);
}

async function moveAside({ stage, reason, record }: Decision, broadcast: Broadcast): Promise<void> {
  const to = await setAside(stage.dir, record);
  if (to !== undefined) broadcast.emit({ kind: 'set-aside', stage: stage.name, to, reason });
}

/** What was made of inputs that are made again now, and are the same, is made of these: who makes room in the store keeps them. */
export async function recordInputs(
  { stage, record }: Decision,
  inputs: StageRunContext['inputs'],
  plan: Plan,
): Promise<void> {
  // Its fingerprint stays: it names the result for who went on from it.
  const { former, bookkeeping } = record!;
  const kept = { ...record!, parts: stage.parts, inputs: consumedBy(stage, inputs, plan) };
  await writeRecord(stage.dir, { ...kept, bookkeeping: former ? stage.bookkeeping : bookkeeping });
}

function consumedBy(stage: PlannedStage, inputs: StageRunContext['inputs'], { runsRoot }: Plan): StageRecord['inputs'] {
  const consumed = Object.entries(inputs).map(([artifact, { dir, fingerprint, made }]) => {
    const from = { stage: stage.inputs[artifact]!, dir: relative(runsRoot, dir), fingerprint, made };
    return [artifact, from] as const;
  });
  return Object.fromEntries(consumed);
}

function newRecord(stage: PlannedStage, { inputs, plan }: StageRunContext, earlier?: StageRecord): StageRecord {
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

function parentOf({ parent }: PlannedStage, { runsRoot }: Plan): Pick<StageRecord, 'parent'> {
  if (parent === undefined) return {};
  const { dir, fingerprint, made } = parent;
  return { parent: { dir: relative(runsRoot, dir), fingerprint, made } };
}

function sealed(record: StageRecord, end: StageEnd, began: number): StageRecord {
  return {
    ...record,
    status: end.status,
    ...(end.status === 'failed' && problemOf(end)),
    outputs: end.status === 'done' ? end.outputs : {},
    summary: end.status === 'done' ? (end.summary ?? []) : [],
    artifacts: end.status === 'done' ? (end.artifacts ?? []) : [],
    finished: new Date().toISOString(),
    seconds: record.seconds + (performance.now() - began) / 1000,
  };
}

/** The first problem, which `runner status` shows. */
function problemOf({ problems: [first] }: StageEnd & { status: 'failed' }): Pick<StageRecord, 'problem'> {
  if (first === undefined) return {};
  const { code, message, cure } = first;
  return { problem: hidePasswords({ code, message, ...(cure !== undefined && { cure }) }) };
}
