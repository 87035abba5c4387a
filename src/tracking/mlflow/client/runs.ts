import { pages, type Api } from './api.js';
import type { Metric, Run, RunChange, RunSearch } from './types.js';
import { list, readMetric, readRun, required } from './wire.js';

/** Most runs that are asked for at once. */
const PAGE = 1000;
/** Most values of a metric that are asked for at once. */
const HISTORY_PAGE = 25_000;

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
