import { placed } from '../support/problem.js';
import { recordInputs } from './attempt-record.js';
import { decideStage } from './decide-stage.js';
import type { Decision } from './decision.js';
import type { Plan } from './planned-stage.js';
import { lackingInputs } from './preview.js';
import { restoreResult } from './restore-result.js';
import type { RunRecorders } from './recorded-run.js';
import type { RunOutcome, StageOutcome } from './run-outcome.js';
import type { RunRequest } from './run-request.js';
import { RunResults } from './run-results.js';
import { runStage } from './run-stage.js';
import { failureOf } from './stage-failure.js';
import { stageOutcome } from './stage-outcome.js';
import { readRecord, type StageRecord } from './stage-record.js';
import type { StageRunContext } from './stage-run-context.js';
import { DEFAULT_STORE_LIMIT } from './storage/store-limit.js';

/**
 * Decides on each stage when its inputs exist, and carries the decision out, until all are done, one fails, or the user stops. The caller
 * holds the run's lock.
 */
export async function runStages(plan: Plan, request: RunRequest, recorders: RunRecorders): Promise<RunOutcome> {
  const { experiment, components, selection, stop, stopNow } = request;
  const { broadcast } = recorders;
  const view = { config: experiment.config, components };
  const results = new RunResults();
  for (const stage of plan.stages) {
    const decision = await decideStage(stage, { plan, selection, view, results: results.states });
    if (decision.action === 'leave' || decision.action === 'skip') {
      await leaveAsIs(decision, results, plan, recorders);
      continue;
    }
    if (stop.aborted || stopNow.aborted) return { status: 'interrupted', plan };
    if (decision.action === 'restore') {
      await restoreResult(decision, broadcast);
      results.add(stage, decision.record, await skipped(decision, recorders));
      continue;
    }
    const lacking = lackingInputs(stage, (input) => !results.has(input));
    if (lacking.length > 0) return { status: 'failed', problems: lacking, plan };

    const inputs = results.inputsOf(stage);
    const ended = await runAndReport(decision, { ...contextOf(plan, request), ...recorders, inputs }, request);
    if (broadcast.failure !== undefined) return { ...broadcast.failure, plan };
    if (ended === 'failed') return { status: 'failed', problems: [], plan };
    if (ended === 'interrupted') return { status: 'interrupted', plan };
    results.add(stage, ended.record, ended.outcome, true);
  }
  const { outcomes } = results;
  return { status: 'done', plan, stages: outcomes, whole: outcomes.length === plan.stages.length };
}

function contextOf(plan: Plan, request: RunRequest): Omit<StageRunContext, 'inputs' | keyof RunRecorders> {
  const { experiment, components, stageProcess, stop, stopNow, storeLimit = DEFAULT_STORE_LIMIT } = request;
  return { plan, config: experiment.config, components, stageProcess, storeLimit, stop, stopNow };
}

async function leaveAsIs(
  decision: Decision & { readonly action: 'leave' | 'skip' },
  results: RunResults,
  plan: Plan,
  recorders: RunRecorders,
): Promise<void> {
  const { stage, action, reason } = decision;
  if (action === 'leave') {
    results.leave(decision);
    recorders.broadcast.emit({ kind: 'stage-skipped', stage: stage.name, reason });
    return;
  }
  const { record } = decision;
  if (results.hasRemadeInput(stage)) await recordInputs(stage, record, results.inputsOf(stage), plan);
  results.add(stage, record, await skipped(decision, recorders));
}

/** Reports that a stage need not run, because its result exists. */
async function skipped(
  { stage, reason, record }: Decision & { readonly record: StageRecord },
  { broadcast }: RunRecorders,
): Promise<StageOutcome> {
  broadcast.emit({ kind: 'stage-skipped', stage: stage.name, reason });
  return stageOutcome(stage, record, broadcast.emit);
}

interface MadeStage {
  readonly record: StageRecord;
  readonly outcome: StageOutcome;
}

/** Runs a stage and reports how it ended. */
async function runAndReport(
  decision: Decision,
  context: StageRunContext,
  { experiment }: RunRequest,
): Promise<MadeStage | 'failed' | 'interrupted'> {
  const { broadcast } = context;
  const { stage } = decision;
  const { name } = stage;
  const began = performance.now();
  const end = await runStage(decision, context).catch((error: unknown) => failureOf(error, `Stage "${name}"`));
  if (broadcast.failure !== undefined) return 'failed';
  switch (end.status) {
    case 'failed': {
      const problems = placed(end.problems, experiment.placeOf);
      broadcast.emit({ kind: 'stage-failed', stage: name, problems, bug: end.bug });
      return 'failed';
    }
    case 'interrupted':
      broadcast.emit({ kind: 'stage-interrupted', stage: name, saved: end.saved, next: end.next });
      return 'interrupted';
    case 'elsewhere': {
      const { record } = end;
      const reason = `made meanwhile by run ${record.run}`;
      broadcast.emit({ kind: 'stage-skipped', stage: name, reason });
      return { record, outcome: await stageOutcome(stage, record, broadcast.emit) };
    }
    case 'done': {
      const record = (await readRecord(stage.dir))!;
      const outcome = await stageOutcome(stage, record, broadcast.emit);
      const { dir, outputs, summary, artifacts } = outcome;
      const seconds = (performance.now() - began) / 1000;
      broadcast.emit({ kind: 'stage-finished', stage: name, dir, outputs, summary, artifacts, seconds });
      return { record, outcome };
    }
  }
}
