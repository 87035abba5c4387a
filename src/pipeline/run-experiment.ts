import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import type { ConfigView } from '../registry/kinds/stage.js';
import { makeFolder, writeFileAtomic } from '../support/files.js';
import type { JsonObject } from '../support/json.js';
import { hidePasswords } from '../support/passwords.js';
import type { Problem } from '../support/problem.js';
import { checkDevice } from './check-device.js';
import type { Decision } from './decision.js';
import { reportEstimates } from './run-estimate.js';
import type { Listener } from './runner-events.js';
import { isSettled, preview } from './preview.js';
import { withRecorders, trackedRun } from './recorded-run.js';
import type { RunOutcome } from './run-outcome.js';
import type { RunRequest } from './run-request.js';
import { runStages } from './run-stages.js';
import { failureOf } from './stage-failure.js';
import { acquireLock, adviceOnHolder, describeHolder, type HeldLock, type LockHolder } from '../support/lock.js';
import { movedTo, plan } from './plan.js';
import type { Plan } from './planned-stage.js';
import { stageOutcome } from './stage-outcome.js';
import { runFile } from './paths.js';
import { mapAtOnce } from '../support/at-once.js';
import { markUsed } from './storage/store-entries.js';
import { catchUp } from './tracking/catch-up.js';
import { acquireLeases } from '../support/leases.js';

/** Runs an experiment: its stages whose results do not exist, in order. */
export async function runExperiment(request: RunRequest): Promise<RunOutcome> {
  try {
    const planned = await plan(request, request.stop);
    if (!planned.ok) return { status: 'invalid', problems: planned.problems };
    // Before reading results, so that cleaning the store does not remove those found.
    if (!request.dryRun) await markSharedUsed(planned.value);
    const decided = await preview(planned.value, request.selection, viewFor(request));
    if (!decided.ok) return { status: 'invalid', problems: decided.problems };
    reportPlan(planned.value, decided.value, request);
    reportEstimates(decided.value, request);
    const unusable = checkDevice(decided.value, request);
    if (unusable.length > 0) return { status: 'invalid', problems: unusable };

    if (request.dryRun) return { status: 'planned', plan: planned.value };
    // Nothing changes, so the run's lock is not needed.
    if (decided.value.every(isSettled) && isNamed(planned.value)) {
      return await upToDate(planned.value, decided.value, request);
    }
    return await runLocked(planned.value, request);
  } catch (error) {
    if (request.stop.aborted && error instanceof Error && error.name === 'AbortError') return { status: 'interrupted' };
    return failureOf(error, 'The run');
  }
}

async function runLocked(planned: Plan, request: RunRequest): Promise<RunOutcome> {
  await makeFolder(planned.runDir);
  const lock = await acquireLock(runFile.lock(planned.runDir));
  if (!lock.ok) return { status: 'failed', problems: [inUse(planned, lock.holder)], plan: planned };
  const release = await acquireLeases(sharedDirs(planned));
  try {
    if (lock.tookOver !== undefined) {
      request.listen({ kind: 'took-over', what: `run ${planned.runName}`, holder: describeHolder(lock.tookOver) });
    }
    const named = await renamed(planned, lock, request);
    // Again, now that no other process can change the run or remove its inputs.
    const decided = await preview(named, request.selection, viewFor(request));
    if (!decided.ok) return { status: 'invalid', problems: decided.problems };
    await writeConfig(named, request);
    if (decided.value.every(isSettled)) return await upToDate(named, decided.value, request);
    return await withRecorders(named, request, (recorders) => runStages(named, request, recorders));
  } finally {
    await markSharedUsed(planned);
    await release();
    await lock.release();
  }
}

/** Whether the run's folder has the name of its config. */
function isNamed({ runDir, runName }: Plan): boolean {
  return basename(runDir) === runName;
}

/** Renames the run's folder if the name in the config changed. */
async function renamed(planned: Plan, lock: HeldLock, { listen }: RunRequest): Promise<Plan> {
  if (isNamed(planned)) return planned;
  const to = join(planned.runsRoot, planned.runName);
  await rename(planned.runDir, to);
  lock.movedTo(runFile.lock(to));
  listen({
    kind: 'note',
    level: 'info',
    text: `The run ${basename(planned.runDir)} is called ${planned.runName} now.`,
  });
  return movedTo(planned, to);
}

function viewFor({ experiment, components }: RunRequest): ConfigView {
  return { config: experiment.config, components };
}

function sharedDirs({ stages }: Plan): string[] {
  return stages.filter(({ component }) => component.scope === 'shared').map(({ dir }) => dir);
}

async function markSharedUsed(planned: Plan): Promise<void> {
  await Promise.all(sharedDirs(planned).map(markUsed));
}

/** Writes the config, which also marks the folder as a run. */
async function writeConfig(planned: Plan, request: RunRequest): Promise<void> {
  const config = hidePasswords(request.experiment.config as unknown as JsonObject);
  await writeFileAtomic(runFile.config(planned.runDir), stringify(config));
}

function reportPlan(planned: Plan, decisions: readonly Decision[], { listen, dryRun }: RunRequest): void {
  const { runName, runDir } = planned;
  const stages = decisions.map(({ stage, action, reason }) => ({ stage: stage.name, action, reason }));
  listen({ kind: 'plan', runName, runDir, dryRun, stages });
}

function reportSkipped(decisions: readonly Decision[], listen: Listener): void {
  for (const { stage, reason } of decisions) listen({ kind: 'stage-skipped', stage: stage.name, reason });
}

async function upToDate(planned: Plan, decisions: readonly Decision[], request: RunRequest): Promise<RunOutcome> {
  reportSkipped(decisions, request.listen);
  await catchUp(trackedRun(planned, request), request);
  const finished = decisions.filter((decision) => decision.action === 'skip');
  const stages = await mapAtOnce(finished, ({ stage, record }) => stageOutcome(stage, record, request.listen));
  return { status: 'up-to-date', plan: planned, stages, whole: finished.length === decisions.length };
}

function inUse({ runName, runDir }: Plan, holder: LockHolder): Problem {
  const advice = adviceOnHolder(runFile.lock(runDir), holder);
  return {
    code: 'run-locked',
    message: `The run ${runName} is being worked on by ${describeHolder(holder)}.`,
    cure: `Wait for it, or stop it (Ctrl-C there) and give this command again: it goes on from where that stopped.${advice === undefined ? '' : ` ${advice}`}`,
  };
}
