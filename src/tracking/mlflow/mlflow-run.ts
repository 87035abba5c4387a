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
  /** The id that an earlier `take` left. */
  readonly known: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * The MLflow run of a run: the one that it had, the one that MLFLOW_RUN_ID asks to go on with, or a new one.
 *
 * @param first the run's first record, where none is known yet
 * @throws StartOver when the one that it had is not there any more
 */
export async function openRun(first: RunRecord, opening: Opening): Promise<Run> {
  const { options, known, site } = opening;
  const asked = options.parent === null && options.sweep === null ? site.env['MLFLOW_RUN_ID'] || undefined : undefined;
  if (known === undefined) return asked === undefined ? createRun(first, opening) : adoptRun(asked, first, opening);
  const run = await activeRun(known, opening);
  if (run === undefined) throw new StartOver(`The MLflow run ${known} is gone.`);
  if (asked !== undefined && asked !== known) {
    site.note('warning', `It goes on in the MLflow run ${known}, where it began, not in MLFLOW_RUN_ID (${asked}).`);
  }
  if (run.tags['runner.run'] !== site.runName) await rename(run, opening);
  return run;
}

/** After the run was renamed. The name that somebody else gave it in MLflow stays. */
async function rename(run: Run, { client, site, signal }: Opening): Promise<void> {
  const { runId, status, endTime } = run;
  if (run.runName === run.tags['runner.run']) {
    // MLflow takes a status that is left out for RUNNING.
    const change = { runName: site.runName, status, ...(endTime !== undefined && { endTime }) };
    await client.updateRun(runId, change, signal);
  }
  await client.setTags(runId, { 'runner.run': site.runName }, signal);
}

/** Nothing where it was deleted. */
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

/** Goes on with a run that somebody else has made for it, such as MLflow Projects. */
async function adoptRun(runId: string, first: RunRecord, opening: Opening): Promise<Run> {
  const { client, options, site, signal } = opening;
  const run = await activeRun(runId, opening);
  const id = idOf(first, site);
  if (run === undefined) throw new ProblemError(notThere(runId));
  if ((run.tags['runner.id'] ?? id) !== id) throw new ProblemError(taken(run));
  await client.setTags(runId, { ...fixedTags(options, site), 'runner.id': id }, signal);
  return run;
}

/** Tags that stay as they are. */
function fixedTags({ parent, tags }: MlflowOptions, { runName }: TrackerSite): Record<string, string> {
  return { 'runner.run': runName, ...(parent === null ? {} : { 'mlflow.parentRunId': parent }), ...tags };
}

function idOf(first: RunRecord, { runName }: TrackerSite): string {
  return sha256(identityText(runName, first)).slice(0, 16);
}

/** The id of the run of the sweep that a trial belongs to. */
async function sweepRun(experimentId: string, { client, options, signal }: Opening): Promise<string | null> {
  if (options.sweep === null) return null;
  return (await openSweepRun({ name: options.sweep, created: Date.now() }, experimentId, client, signal)).runId;
}

/** Longer than a server takes from one request to the next. */
const OTHERS_MS = 1000;

/**
 * The run under which a sweep's trials are shown. Whoever comes first makes it. Several may come first, as the jobs of a CI matrix do: each waits
 * until the others' runs are there to be seen, and then all see the same one and the rest goes.
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
  await sleep(OTHERS_MS, undefined, { signal });
  return client.createRun(run, signal);
}

/** The experiment that holds the runs. */
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
    cure: 'Set it to one that is there, or write tracking.mlflow.experiment: a name, which is made if it is not there.',
  });
}

const notThere = (runId: string): Problem => ({
  code: 'mlflow-no-run',
  message: `MLFLOW_RUN_ID asks to go on with the MLflow run ${runId}, which is not there or was deleted.`,
  cure: 'Unset MLFLOW_RUN_ID, and it makes one.',
});

const taken = ({ runId, tags }: Run): Problem => ({
  code: 'mlflow-run-taken',
  message: `MLFLOW_RUN_ID asks to go on with the MLflow run ${runId}, which has what ${tags['runner.run'] ?? 'another run'} told.`,
  cure: 'Unset MLFLOW_RUN_ID, and it makes one of its own.',
});
