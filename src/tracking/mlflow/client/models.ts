import { ProblemError } from '../../../support/problem.js';
import { type Api, pages } from './api.js';
import { hasErrorCode, MlflowError, modelNotReady } from './errors.js';
import type { ModelVersion, NewModelVersion } from './types.js';
import { list, readModelVersion, required, wirePairs } from './wire.js';

/** Pauses between checks whether a version is ready, five minutes in all, as in MLflow's own client. */
const PAUSES = [0.2, 0.5, 1, 2, 5, ...Array<number>(29).fill(10)].map((seconds) => seconds * 1000);

/** Registers files of a run as a version of a model, once, and waits until the registry has it. */
export async function registerModel(api: Api, model: NewModelVersion, signal?: AbortSignal): Promise<ModelVersion> {
  await register(api, model.name, signal);
  const version = (await existing(api, model, signal)) ?? (await create(api, model, signal));
  return ready(api, version, signal);
}

async function register(api: Api, name: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await api.post('registered-models/create', { name }, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  }
}

/** The version that an earlier call created, even if its response was lost. */
async function existing(api: Api, { name, source, runId }: NewModelVersion, signal: AbortSignal | undefined) {
  const query = { filter: `run_id='${runId}'`, max_results: 1000 };
  const ask = (token: string | undefined) => api.get('model-versions/search', { ...query, page_token: token }, signal);
  const found = await pages(ask, (page) => list(page['model_versions']).map(readModelVersion));
  return found.find((version) => version.name === name && version.source === source);
}

async function create(api: Api, model: NewModelVersion, signal: AbortSignal | undefined): Promise<ModelVersion> {
  const { name, source, runId, description, tags } = model;
  const json = { name, source, run_id: runId, description, tags: wirePairs(tags) };
  const answer = await api.post('model-versions/create', json, signal);
  return readModelVersion(required(answer, 'model_version', api.settings.server));
}

async function ready(api: Api, version: ModelVersion, signal: AbortSignal | undefined): Promise<ModelVersion> {
  const { name, version: number } = version;
  let now = version;
  for (const milliseconds of PAUSES) {
    if (now.status === 'READY') return now;
    if (now.status === 'FAILED_REGISTRATION') throw new ProblemError(modelNotReady(name, number, ''));
    await api.waiting.sleep(milliseconds, signal);
    const answer = await api.get('model-versions/get', { name, version: number }, signal);
    now = readModelVersion(required(answer, 'model_version', api.settings.server));
  }
  throw new MlflowError(`Version ${number} of the model ${JSON.stringify(name)} is still not ready (${now.status}).`, {
    method: 'GET',
    path: '/api/2.0/mlflow/model-versions/get',
    temporary: true,
  });
}
