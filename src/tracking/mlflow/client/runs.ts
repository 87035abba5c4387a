import { ProblemError } from '../../../support/problem.js';
import { type Api, isTemporary, pages, pause } from './api.js';
import { deletedExperiment, hasErrorCode } from './errors.js';
import type { Experiment, Metric, NewRun, Run, RunChange, RunSearch } from './types.js';
import { list, readExperiment, readMetric, readRun, required, wirePairs } from './wire.js';

/** Largest number of runs per request. */
const PAGE = 1000;
/** Largest number of a metric's values per request. */
const HISTORY_PAGE = 25_000;

/** The tag with a run's permanent id. */
const RUN_ID_TAG = 'runner.id';

/** Finds an experiment by its name, or creates it. */
export async function experimentOf(api: Api, name: string, signal?: AbortSignal): Promise<Experiment> {
  const found = (await experimentByName(api, name, signal)) ?? (await createExperiment(api, name, signal));
  if (found.lifecycleStage === 'active') return found;
  throw new ProblemError(deletedExperiment(name, found.experimentId));
}

export async function experimentById(api: Api, experimentId: string, signal?: AbortSignal): Promise<Experiment> {
  const answer = await api.get('experiments/get', { experiment_id: experimentId }, signal);
  return readExperiment(required(answer, 'experiment', api.settings.server));
}

/**
 * Creates a run, once for each id.
 *
 * MLflow creates a new run for every request, also when a client repeats one because it missed the response. So each attempt first searches
 * for the run. An earlier request may still have been processed late; its duplicate is deleted.
 */
export async function createRun(api: Api, run: NewRun, signal?: AbortSignal): Promise<Run> {
  if (!/^[\w.,=:+-]+$/.test(run.id))
    throw new TypeError(`An id of letters, digits and ._,=:+- was expected; found ${run.id}`);
  const { retryPolicy } = api.settings;
  for (let failures = 0; ;) {
    const found = await onlyOne(api, run, signal);
    if (found !== undefined) return found;
    try {
      const created = await requestRun(api, run, signal);
      return failures === 0 ? created : ((await onlyOne(api, run, signal)) ?? created);
    } catch (error) {
      if (!isTemporary(error) || failures >= retryPolicy.retries) throw error;
      await pause(++failures, error, retryPolicy, api.waiting, signal);
    }
  }
}

export async function getRun(api: Api, runId: string, signal?: AbortSignal): Promise<Run> {
  const answer = await api.get('runs/get', { run_id: runId }, signal);
  return readRun(required(answer, 'run', api.settings.server));
}

export async function updateRun(api: Api, runId: string, change: RunChange, signal?: AbortSignal): Promise<void> {
  const { status, endTime, runName } = change;
  const json = { run_id: runId, status, end_time: endTime, run_name: runName };
  await api.post('runs/update', json, signal);
}

export async function deleteRun(api: Api, runId: string, signal?: AbortSignal): Promise<void> {
  await api.post('runs/delete', { run_id: runId }, signal);
}

export async function searchRuns(api: Api, search: RunSearch, signal?: AbortSignal): Promise<Run[]> {
  const { experimentIds, filter = '', orderBy = [], view = 'ACTIVE_ONLY', limit = Infinity } = search;
  const json = {
    experiment_ids: experimentIds,
    filter,
    run_view_type: view,
    order_by: orderBy,
    max_results: Math.min(PAGE, limit),
  };
  const ask = (token: string | undefined) => api.post('runs/search', { ...json, page_token: token }, signal);
  return pages(ask, (page) => list(page['runs']).map(readRun), limit);
}

export async function metricHistory(api: Api, runId: string, key: string, signal?: AbortSignal): Promise<Metric[]> {
  const query = { run_id: runId, run_uuid: runId, metric_key: key, max_results: HISTORY_PAGE };
  const ask = (token: string | undefined) => api.get('metrics/get-history', { ...query, page_token: token }, signal);
  return pages(ask, (page) => list(page['metrics']).map(readMetric));
}

async function experimentByName(
  api: Api,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Experiment | undefined> {
  try {
    const answer = await api.get('experiments/get-by-name', { experiment_name: name }, signal);
    return readExperiment(required(answer, 'experiment', api.settings.server));
  } catch (error) {
    if (hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

async function createExperiment(api: Api, name: string, signal: AbortSignal | undefined): Promise<Experiment> {
  try {
    await api.post('experiments/create', { name }, signal);
  } catch (error) {
    // Another process was faster, or the response to our first attempt was lost.
    if (!hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  }
  const answer = await api.get('experiments/get-by-name', { experiment_name: name }, signal);
  return readExperiment(required(answer, 'experiment', api.settings.server));
}

async function requestRun(api: Api, run: NewRun, signal: AbortSignal | undefined): Promise<Run> {
  const { experimentId, runName, startTime, tags, id } = run;
  const json = {
    experiment_id: experimentId,
    run_name: runName,
    start_time: startTime,
    tags: wirePairs({ ...tags, [RUN_ID_TAG]: id }),
  };
  const answer = await api.post('runs/create', json, signal, { ...api.settings.retryPolicy, retries: 0 });
  return readRun(required(answer, 'run', api.settings.server));
}

/** The run with that id. Of several, the one with data; empty duplicates are deleted. */
async function onlyOne(api: Api, run: NewRun, signal: AbortSignal | undefined): Promise<Run | undefined> {
  const filter = `tags.\`${RUN_ID_TAG}\` = '${run.id}'`;
  const found = await searchRuns(api, { experimentIds: [run.experimentId], filter }, signal);
  const [first, ...others] = found.sort(
    (a, b) => Number(isEmpty(a)) - Number(isEmpty(b)) || (a.runId < b.runId ? -1 : 1),
  );
  for (const other of others.filter(isEmpty)) await deleteRun(api, other.runId, signal);
  return first;
}

function isEmpty({ params, metrics }: Run): boolean {
  return Object.keys(params).length === 0 && Object.keys(metrics).length === 0;
}
