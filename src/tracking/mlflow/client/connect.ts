import { apiOf, WAITING } from './api.js';
import { listArtifacts, uploadArtifact } from './artifacts.js';
import { loggerOf } from './log.js';
import { logInputs } from './datasets.js';
import { logModel } from './logged-models.js';
import { registerModel } from './models.js';
import {
  createRun,
  deleteRun,
  experimentById,
  experimentOf,
  getRun,
  metricHistory,
  searchRuns,
  updateRun,
} from './runs.js';
import { type ConnectOptions, settingsOf } from './settings.js';
import type { MlflowClient } from './types.js';

export type { ConnectOptions } from './settings.js';

/**
 * Creates a client of the MLflow server that the options or the environment name; sends nothing yet.
 *
 * It reads the environment variables of MLflow's Python client: `MLFLOW_TRACKING_URI`, `_USERNAME`, `_PASSWORD`, `_TOKEN`, `_INSECURE_TLS`,
 * `_SERVER_CERT_PATH`, `_CLIENT_CERT_PATH`, and `MLFLOW_HTTP_REQUEST_TIMEOUT`, `_MAX_RETRIES`, `_BACKOFF_FACTOR`, `_BACKOFF_JITTER`; also
 * `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
 *
 * @param waiting sleep and random numbers, for tests
 * @throws ProblemError for a missing address, one that is not http(s), and invalid variables
 */
export function connect(options: ConnectOptions = {}, waiting = WAITING): MlflowClient {
  const api = apiOf(settingsOf(options), waiting);
  const log = loggerOf(api);
  return {
    trackingUri: api.settings.server,
    experiment: (name, signal) => experimentOf(api, name, signal),
    experimentById: (experimentId, signal) => experimentById(api, experimentId, signal),
    createRun: (run, signal) => createRun(api, run, signal),
    getRun: (runId, signal) => getRun(api, runId, signal),
    updateRun: (runId, change, signal) => updateRun(api, runId, change, signal),
    deleteRun: (runId, signal) => deleteRun(api, runId, signal),
    searchRuns: (search, signal) => searchRuns(api, search, signal),
    log,
    setTags: (runId, tags, signal) => log(runId, { tags }, signal),
    logParams: (runId, params, signal) => log(runId, { params }, signal),
    logMetrics: (runId, metrics, signal) => log(runId, { metrics }, signal),
    metricHistory: (runId, key, signal) => metricHistory(api, runId, key, signal),
    logInputs: (runId, datasets, signal) => logInputs(api, runId, datasets, signal),
    logModel: (model, signal) => logModel(api, model, signal),
    listArtifacts: (runId, path, signal) => listArtifacts(api, runId, path, signal),
    uploadArtifact: (run, path, file, signal) => uploadArtifact(api, run, path, file, signal),
    registerModel: (model, signal) => registerModel(api, model, signal),
  };
}
