import type { JsonObject } from '../../../support/json.js';
import { type Api } from './api.js';
import type { NewLoggedModel } from './types.js';
import { list, object, required, text, wirePairs } from './wire.js';

/** The tag with a model's permanent id. */
const MODEL_ID_TAG = 'runner.id';

/**
 * Logs a model once for each id, adds it to the run's outputs and marks it ready. Every step may be repeated: an earlier attempt may have
 * died in between.
 *
 * @returns MLflow's id of it
 */
export async function logModel(api: Api, model: NewLoggedModel, signal?: AbortSignal): Promise<string> {
  if (!/^[\w.,=:+-]+$/.test(model.id))
    throw new TypeError(`An id of letters, digits and ._,=:+- was expected; found ${model.id}`);
  const modelId = (await existing(api, model, signal)) ?? (await create(api, model, signal));
  await addOutput(api, model, modelId, signal);
  await api.patch(`logged-models/${modelId}`, { model_id: modelId, status: 'LOGGED_MODEL_READY' }, signal);
  return modelId;
}

async function existing(
  api: Api,
  { experimentId, id }: NewLoggedModel,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const filter = `tags.\`${MODEL_ID_TAG}\` = '${id}'`;
  const query = { experiment_ids: [experimentId], filter, max_results: 1 };
  const [found] = list((await api.post('logged-models/search', query, signal))['models']);
  return found && idOf(found);
}

async function create(api: Api, model: NewLoggedModel, signal: AbortSignal | undefined): Promise<string> {
  const { experimentId, runId, name, modelType, params, tags, id } = model;
  const answer = await api.post(
    'logged-models',
    {
      experiment_id: experimentId,
      source_run_id: runId,
      name,
      model_type: modelType,
      params: wirePairs(params),
      tags: wirePairs({ ...tags, [MODEL_ID_TAG]: id }),
    },
    signal,
    // MLflow creates a model for every request. After a lost response, the next attempt finds this one first.
    { ...api.settings.retryPolicy, retries: 0 },
  );
  return idOf(required(answer, 'model', api.settings.server));
}

/** MLflow refuses an output that the run already has. */
async function addOutput(
  api: Api,
  { runId, step }: NewLoggedModel,
  modelId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const run = object((await api.get('runs/get', { run_id: runId }, signal))['run']);
  if (list(object(run['outputs'])['model_outputs']).some((output) => text(output, 'model_id') === modelId)) return;
  await api.post('runs/outputs', { run_id: runId, models: [{ model_id: modelId, step }] }, signal);
}

const idOf = (model: JsonObject): string => text(object(model['info']), 'model_id');
