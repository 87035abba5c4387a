import type { Api } from './api.js';
import { deleteRun, searchRuns } from './runs.js';
import type { NewRun, Run } from './types.js';
import { isTemporary, pause } from './waiting.js';
import { readRun, required, wirePairs } from './wire.js';

/** The tag that names a run for ever. */
export const RUN_ID_TAG = 'runner.id';

/**
 * Creates a run, once for each id.
 *
 * MLflow makes a new run for every request, also for the second one of a client that has not got the answer to its first. So each attempt
 * begins with a look whether the run is there; and where an earlier request may have been slow only, what it made besides is removed.
 */
export async function createRun(api: Api, run: NewRun, signal?: AbortSignal): Promise<Run> {
  if (!/^[\w.,=:+-]+$/.test(run.id))
    throw new TypeError(`An id of letters, digits and ._,=:+- was expected; found ${run.id}`);
  const { patience } = api.settings;
  for (let failures = 0; ;) {
    const found = await onlyOne(api, run, signal);
    if (found !== undefined) return found;
    try {
      const created = await create(api, run, signal);
      return failures === 0 ? created : ((await onlyOne(api, run, signal)) ?? created);
    } catch (error) {
      if (!isTemporary(error) || failures >= patience.retries) throw error;
      await pause(++failures, error, patience, api.waiting, signal);
    }
  }
}

async function create(api: Api, run: NewRun, signal: AbortSignal | undefined): Promise<Run> {
  const { experimentId, runName, startTime, tags, id } = run;
  const json = {
    experiment_id: experimentId,
    run_name: runName,
    start_time: startTime,
    tags: wirePairs({ ...tags, [RUN_ID_TAG]: id }),
  };
  const answer = await api.post('runs/create', json, signal, { ...api.settings.patience, retries: 0 });
  return readRun(required(answer, 'run', api.settings.server));
}

/** The run of that id. Of several, it is the one that has been written to; the empty ones go. */
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
