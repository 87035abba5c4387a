import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRecord } from '../../registry/kinds/record.js';
import { StartOver, type TrackerSite } from '../../registry/kinds/tracker.js';
import { sha256 } from '../../support/hash.js';
import { ProblemError, type Problem } from '../../support/problem.js';
import { hasErrorCode } from './client/errors.js';
import type { Experiment, MlflowClient, Run } from './client/types.js';
import type { MlflowOptions } from './mlflow-options.js';
import { identityText, startTags } from './tags.js';

interface Opening {
  readonly client: MlflowClient;
  readonly options: MlflowOptions;
  readonly site: TrackerSite;
  /** The id of the MLflow run that an earlier `take` stored. */
  readonly known: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Opens the MLflow run of a run: the one it already has, the one that MLFLOW_RUN_ID names, or a new one.
 *
 * @param first the run's first record, if it has no MLflow run yet
 * @throws StartOver when its MLflow run was deleted
 */
export async function openRun(first: RunRecord, opening: Opening): Promise<Run> {
  const { options, known, site } = opening;
  const requested =
    options.parent === null && options.sweep === null ? site.env['MLFLOW_RUN_ID'] || undefined : undefined;
  if (known === undefined)
    return requested === undefined ? createRun(first, opening) : adoptRun(requested, first, opening);
  const run = await activeRun(known, opening);
  if (run === undefined) throw new StartOver(`The MLflow run ${known} is gone.`);
  if (requested !== undefined && requested !== known) {
    site.note('warning', `It continues the MLflow run ${known} that it began, not MLFLOW_RUN_ID (${requested}).`);
  }
  if (run.tags['runner.run'] !== site.runName) await rename(run, opening);
  return run;
}

/** Renames the MLflow run after its run was renamed, unless a user renamed it in MLflow. */
async function rename(run: Run, { client, site, signal }: Opening): Promise<void> {
  const { runId, status, endTime } = run;
  if (run.runName === run.tags['runner.run']) {
    // MLflow sets an omitted status to RUNNING.
    const change = { runName: site.runName, status, ...(endTime !== undefined && { endTime }) };
    await client.updateRun(runId, change, signal);
  }
  await client.setTags(runId, { 'runner.run': site.runName }, signal);
}

/** Undefined if the run was deleted. */
export async function activeRun(
  runId: string,
  { client, signal }: Pick<Opening, 'client' | 'signal'>,
): Promise<Run | undefined> {
  try {
    const run = await client.getRun(runId, signal);
    return run.lifecycleStage === 'active' ? run : undefined;
  } catch (error) {
    if (hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

async function createRun(first: RunRecord, opening: Opening): Promise<Run> {
  const { client, options, site, signal } = opening;
  const { experimentId } = await experimentOf(opening);
  const parent = options.parent ?? (await sweepRun(experimentId, opening));
  const tags = {
    ...fixedTags({ ...options, parent }, site),
    ...(first.kind === 'run-started' ? startTags(first) : {}),
  };
  const id = idOf(first, site);
  return client.createRun({ experimentId, runName: site.runName, startTime: first.time, tags, id }, signal);
}

/** Continues a run that another program created for it, such as MLflow Projects. */
async function adoptRun(runId: string, first: RunRecord, opening: Opening): Promise<Run> {
  const { client, options, site, signal } = opening;
  const run = await activeRun(runId, opening);
  const id = idOf(first, site);
  if (run === undefined) throw new ProblemError(runNotFound(runId));
  if ((run.tags['runner.id'] ?? id) !== id) throw new ProblemError(runTaken(run));
  await client.setTags(runId, { ...fixedTags(options, site), 'runner.id': id }, signal);
  return run;
}

/** Tags that never change. */
function fixedTags({ parent, tags }: MlflowOptions, { runName }: TrackerSite): Record<string, string> {
  return { 'runner.run': runName, ...(parent === null ? {} : { 'mlflow.parentRunId': parent }), ...tags };
}

function idOf(first: RunRecord, { runName }: TrackerSite): string {
  return sha256(identityText(runName, first)).slice(0, 16);
}

/** The id of the sweep's MLflow run, under which its trials are shown. */
async function sweepRun(experimentId: string, { client, options, signal }: Opening): Promise<string | null> {
  if (options.sweep === null) return null;
  return (await openSweepRun({ name: options.sweep, created: Date.now() }, experimentId, client, signal)).runId;
}

/** More than the time a server needs between two requests. */
const VISIBLE_AFTER_MS = 1000;

/**
 * The MLflow run of a sweep, under which its trials are shown. The first process creates it. Several may be first, such as the jobs of a CI
 * matrix: each waits until the others' runs are visible, then all choose the same one and delete the rest.
 */
export async function openSweepRun(
  { name, created }: { readonly name: string; readonly created: number },
  experimentId: string,
  client: MlflowClient,
  signal: AbortSignal,
): Promise<Run> {
  const id = `sweep-${name}`;
  const filter = `tags.\`runner.id\` = '${id}'`;
  const [found] = await client.searchRuns({ experimentIds: [experimentId], filter, limit: 1 }, signal);
  if (found !== undefined) return found;
  const run = { experimentId, runName: name, startTime: created, tags: { 'runner.sweep': name }, id };
  await client.createRun(run, signal);
  await sleep(VISIBLE_AFTER_MS, undefined, { signal });
  return client.createRun(run, signal);
}

/** The experiment of the runs. */
export async function experimentOf({
  client,
  options,
  site,
  signal,
}: Pick<Opening, 'client' | 'options' | 'signal'> & {
  readonly site: Pick<TrackerSite, 'env' | 'config'>;
}): Promise<Experiment> {
  const { MLFLOW_EXPERIMENT_NAME: name, MLFLOW_EXPERIMENT_ID: id } = site.env;
  if (options.experiment !== null || name || !id) {
    return client.experiment(options.experiment ?? (name || site.config.name), signal);
  }
  try {
    const found = await client.experimentById(id, signal);
    if (found.lifecycleStage === 'active') return found;
  } catch (error) {
    if (!hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error;
  }
  throw new ProblemError({
    code: 'mlflow-no-experiment',
    message: `There is no experiment ${id} (MLFLOW_EXPERIMENT_ID) at ${client.trackingUri}.`,
    cure: 'Set it to an existing one, or write tracking.mlflow.experiment: NAME, which is created if it does not exist.',
  });
}

const runNotFound = (runId: string): Problem => ({
  code: 'mlflow-no-run',
  message: `MLFLOW_RUN_ID names the MLflow run ${runId}, which does not exist or was deleted.`,
  cure: 'Unset MLFLOW_RUN_ID to create a new run.',
});

const runTaken = ({ runId, tags }: Run): Problem => ({
  code: 'mlflow-run-taken',
  message: `MLFLOW_RUN_ID names the MLflow run ${runId}, which contains the records of ${tags['runner.run'] ?? 'another run'}.`,
  cure: 'Unset MLFLOW_RUN_ID to create a new run.',
});
