import { ProblemError } from '../../../support/problem.js';
import type { Api } from './api.js';
import { hasErrorCode } from './error.js';
import { deletedExperiment } from './problems.js';
import type { Experiment } from './types.js';
import { readExperiment, required } from './wire.js';

/** By its name; it is created where it is missing. */
export async function experimentOf(api: Api, name: string, signal?: AbortSignal): Promise<Experiment> {
  const found = (await byName(api, name, signal)) ?? (await created(api, name, signal));
  if (found.lifecycleStage === 'active') return found;
  throw new ProblemError(deletedExperiment(name, found.experimentId));
}

export async function experimentById(api: Api, experimentId: string, signal?: AbortSignal): Promise<Experiment> {
  const answer = await api.get('experiments/get', { experiment_id: experimentId }, signal);
  return readExperiment(required(answer, 'experiment', api.settings.server));
}

async function byName(api: Api, name: string, signal: AbortSignal | undefined): Promise<Experiment | undefined> {
  try {
    const answer = await api.get('experiments/get-by-name', { experiment_name: name }, signal);
    return readExperiment(required(answer, 'experiment', api.settings.server));
  } catch (error) {
    if (hasErrorCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined;
    throw error;
  }
}

async function created(api: Api, name: string, signal: AbortSignal | undefined): Promise<Experiment> {
  try {
    await api.post('experiments/create', { name }, signal);
  } catch (error) {
    // Another process was quicker, or the answer to our own first attempt was lost.
    if (!hasErrorCode(error, 'RESOURCE_ALREADY_EXISTS')) throw error;
  }
  const answer = await api.get('experiments/get-by-name', { experiment_name: name }, signal);
  return readExperiment(required(answer, 'experiment', api.settings.server));
}
