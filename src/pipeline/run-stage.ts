import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '../support/json.js';
import { describeHolder } from '../support/lock.js';
import { openRecord, sealedRecord } from './attempt-record.js';
import type { Decision } from './decision.js';
import { filesIn, hashOfFiles } from './folder-content.js';
import { identityOf } from './input-files.js';
import type { PlannedStage } from './planned-stage.js';
import { publish } from './publish.js';
import { moveAside, restoreResult } from './restore-result.js';
import { sealFiles } from './sealed-files.js';
import type { StageEnd, StageJob } from './stage-job.js';
import { readRecord, type StageRecord, writeRecord } from './stage-record.js';
import type { StageRunContext } from './stage-run-context.js';
import { earlierResults } from './storage/earlier-results.js';
import { fitStore, describeFit } from './storage/store-limit.js';
import type { StageStarted } from './runner-events.js';
import { superviseStage } from './supervise-stage.js';

/** How it ended; `elsewhere`: another process has published the shared result meanwhile. */
export type StageRunEnd = StageEnd | { readonly status: 'elsewhere'; readonly record: StageRecord };

/** Runs one stage in the run's folder or the store, and seals its result. */
export async function runStage(decision: Decision, context: StageRunContext): Promise<StageRunEnd> {
  return decision.stage.component.scope === 'shared' ? runInStore(decision, context) : runInPlace(decision, context);
}

/** In the run's folder, so that it can be resumed. */
async function runInPlace(decision: Decision, context: StageRunContext): Promise<StageEnd> {
  const { stage, action, reason } = decision;
  const { broadcast } = context;
  if (action === 'resume' && decision.restores !== undefined)
    await restoreResult({ stage, reason, restores: decision.restores }, broadcast);
  if (action === 'replace') await moveAside(stage, decision.record, reason, broadcast);
  await mkdir(stage.dir, { recursive: true });
  const record = openRecord(stage, context, action === 'resume' ? decision.record : undefined);
  await writeRecord(stage.dir, record);
  const began = performance.now();
  const end = await startStage(decision, stage.dir, [], context);
  const files = await sealFiles(stage.dir, end.status === 'done' ? (end.files ?? []) : []);
  await writeRecord(stage.dir, { ...sealedRecord(record, end, began), files });
  return end;
}

/** In a temporary folder, published when complete. */
async function runInStore(decision: Decision, context: StageRunContext): Promise<StageRunEnd> {
  const { stage, action, reason } = decision;
  const { broadcast } = context;
  let end: StageEnd = { status: 'interrupted' };
  const published = await publish({
    store: dirname(stage.dir),
    fingerprint: stage.fingerprint,
    // Forced, or damaged since.
    force: action === 'replace',
    stop: AbortSignal.any([context.stop, context.stopNow]),
    build: async (dir) => {
      const record = openRecord(stage, context);
      const began = performance.now();
      end = await startWithEarlier(decision, dir, context);
      if (end.status === 'done') end = await unlessInputsChanged(stage, end, context);
      if (end.status !== 'done') return false;
      const made = (await stage.component.content?.(dir)) ?? (await hashOfFiles(dir, await filesIn(dir)));
      await writeRecord(dir, { ...sealedRecord(record, end, began), made, files: await sealFiles(dir, ['.']) });
      return true;
    },
    onWaiting: (holder, advice) => broadcast.emit({ kind: 'waiting', stage: stage.name, holder, advice }),
    onTookOver: (holder) =>
      broadcast.emit({ kind: 'took-over', what: `stage ${stage.name}`, holder: describeHolder(holder) }),
    onSetAside: (to) => broadcast.emit({ kind: 'set-aside', stage: stage.name, to, reason }),
  });
  if (published === 'built') await limitStore(context);
  if (published !== 'made-by-another') return end;
  return { status: 'elsewhere', record: (await readRecord(stage.dir))! };
}

/** Leases the stage's earlier results while it runs, so that it can reuse them. */
async function startWithEarlier(decision: Decision, dir: string, context: StageRunContext): Promise<StageEnd> {
  const earlier = await earlierResults(decision.stage, context.plan.runsRoot);
  try {
    return await startStage(decision, dir, earlier.dirs, context);
  } finally {
    await earlier.release();
  }
}

/** Removes old results beyond the store's limit. A failure does not fail the stage, whose new result is leased. */
async function limitStore({ plan, storeLimit, broadcast }: StageRunContext): Promise<void> {
  try {
    const fit = await fitStore(plan.runsRoot, storeLimit);
    for (const note of fit === undefined ? [] : describeFit(fit, storeLimit, plan.runsRoot)) {
      broadcast.emit({ kind: 'note', ...note });
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `Results that no run needs could not be removed from ${plan.runsRoot}/.store: ${why}`;
    broadcast.emit({ kind: 'note', level: 'warning', text });
  }
}

/** Fails a shared result whose input files changed meanwhile: it matches neither the old files nor the new ones. */
async function unlessInputsChanged(stage: PlannedStage, end: StageEnd, context: StageRunContext): Promise<StageEnd> {
  const { config, components, stop } = context;
  const files = await identityOf(stage, config, components, stop);
  if (files.ok && canonicalJson(files.value) === canonicalJson(stage.parts.files)) return end;
  const message = `The input files of stage "${stage.name}" changed while it worked on them.`;
  return {
    status: 'failed',
    problems: [{ code: 'files-changed', message, cure: 'Run again when nothing writes to them.' }],
  };
}

/** In a prepared folder. */
async function startStage(
  { stage, action, reason }: Decision,
  dir: string,
  earlier: readonly string[],
  context: StageRunContext,
): Promise<StageEnd> {
  const { broadcast, environment, stop, stopNow } = context;
  const resumes = action === 'resume';
  broadcast.emit({ kind: 'stage-started', stage: stage.name, reason, resumes, inputs: recorded(context.inputs) });
  await environment.begin(stage.name, resumes);
  return superviseStage(jobOf(stage, dir, earlier, context), context, {
    stop,
    stopNow: AbortSignal.any([stopNow, broadcast.broken]),
    onEvent: (event, time) => broadcast.track(stage.name, event, time),
    record: () => broadcast.sync(),
    onEngine: (versions) => {
      // Optional: a failure to write it is ignored.
      environment.addEngine(stage.name, versions).catch(() => undefined);
    },
  });
}

function recorded(inputs: StageRunContext['inputs']): StageStarted['inputs'] {
  return Object.fromEntries(
    Object.entries(inputs).map(([artifact, { resultId, outputs }]) => [artifact, { result: resultId, outputs }]),
  );
}

function jobOf(
  { name, type, options, sees, required, parent }: PlannedStage,
  dir: string,
  earlier: readonly string[],
  { config, inputs, plan: { runName, runDir } }: StageRunContext,
): StageJob {
  return { config, stage: name, type, options, sees, required, dir, inputs, parent, earlier, runName, runDir };
}
