import type { ArtifactKind, StageInput, SummaryLine } from '../registry/kinds/stage.js';
import type { JsonObject } from '../support/json.js';
import { attempt, type Surroundings } from './attempt.js';
import { Broadcast } from './broadcast.js';
import type { Decision } from './decide.js';
import { failureOf } from './failure.js';
import { Journal } from './journal.js';
import { runFile } from './paths.js';
import type { Plan, PlannedStage } from './plan.js';
import { readRecord } from './record.js';
import type { RunOutcome, RunRequest } from './run.js';
import { openTrackers } from './trackers.js';

/** What a stage has made, for the last lines of the terminal. */
export interface StageOutcome {
  readonly name: string;
  readonly dir: string;
  readonly outputs: JsonObject;
  readonly summary: readonly SummaryLine[];
}

/** Carries out the decisions, stage after stage, until all are done, one fails, or the user stops. The caller holds the run's lock. */
export async function execute(plan: Plan, decisions: readonly Decision[], request: RunRequest): Promise<RunOutcome> {
  const { listen, components, experiment } = request;
  const journal = new Journal(runFile.journal(plan.runDir));
  const warn = (text: string) => listen({ kind: 'note', level: 'warning', text });
  const trackers = openTrackers(experiment.config, components, 'runner', { ...plan, warn });
  const broadcast = new Broadcast(journal, trackers, listen);
  try {
    return await allStages(plan, decisions, request, broadcast);
  } finally {
    await trackers.close();
    journal.close();
  }
}

async function allStages(
  plan: Plan,
  decisions: readonly Decision[],
  request: RunRequest,
  broadcast: Broadcast,
): Promise<RunOutcome> {
  const { experiment, components, stop, stopNow } = request;
  const made = new Map<string, StageOutcome>();
  for (const decision of decisions) {
    const { stage, action, reason } = decision;
    if (action === 'skip' || action === 'leave') {
      broadcast.emit({ kind: 'stage-skipped', stage: stage.name, reason });
      if (action === 'skip') made.set(stage.name, outcomeOf(stage, decision.record!));
      continue;
    }
    if (stop.aborted || stopNow.aborted) return { status: 'interrupted', plan };

    const inputs = inputsOf(stage, plan, made);
    const around = { plan, config: experiment.config, components, broadcast, stop, stopNow, inputs };
    const ended = await oneStage(decision, around);
    if (broadcast.failure !== undefined) return { ...broadcast.failure, plan };
    if (ended === 'failed') return { status: 'failed', problems: [], plan };
    if (ended === 'interrupted') return { status: 'interrupted', plan };
    made.set(stage.name, ended);
  }
  return { status: 'done', plan, stages: [...made.values()] };
}

/** Runs a stage and tells how it ended. */
async function oneStage(decision: Decision, around: Surroundings): Promise<StageOutcome | 'failed' | 'interrupted'> {
  const { broadcast } = around;
  const { stage } = decision;
  const { name, dir } = stage;
  const began = performance.now();
  const end = await attempt(decision, around).catch((error: unknown) => failureOf(error, `Stage "${name}"`));
  if (broadcast.failure !== undefined) return 'failed';
  switch (end.status) {
    case 'failed':
      broadcast.emit({ kind: 'stage-failed', stage: name, problems: end.problems, bug: end.bug });
      return 'failed';
    case 'interrupted':
      broadcast.emit({ kind: 'stage-interrupted', stage: name, saved: end.saved });
      return 'interrupted';
    case 'elsewhere': {
      const record = (await readRecord(dir))!;
      broadcast.emit({ kind: 'stage-skipped', stage: name, reason: `made meanwhile by run ${record.run}` });
      return outcomeOf(stage, record);
    }
    case 'done': {
      const outcome = outcomeOf(stage, { outputs: end.outputs, summary: end.summary ?? [] });
      broadcast.emit({ kind: 'stage-finished', stage: name, ...outcome, seconds: (performance.now() - began) / 1000 });
      return outcome;
    }
  }
}

function outcomeOf(
  { name, dir }: PlannedStage,
  { outputs, summary }: Pick<StageOutcome, 'outputs' | 'summary'>,
): StageOutcome {
  return { name, dir, outputs, summary };
}

function inputsOf(
  stage: PlannedStage,
  plan: Plan,
  made: ReadonlyMap<string, StageOutcome>,
): Record<ArtifactKind, StageInput> {
  const inputs = Object.entries(stage.inputs).map(([artifact, name]) => {
    const { dir, outputs } = made.get(name)!;
    return [
      artifact,
      { dir, fingerprint: plan.stages.find((other) => other.name === name)!.fingerprint, outputs },
    ] as const;
  });
  return Object.fromEntries(inputs);
}
