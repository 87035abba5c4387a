import type { TrackerComponent } from '../../registry/kinds/tracker.js';
import { ProblemError } from '../../support/problem.js';
import { connect } from './client/connect.js';
import type { MlflowClient } from './client/types.js';
import { checkOptions, destinationOf, type MlflowOptions, SCHEMA, serverOf, serverProblem } from './mlflow-options.js';
import { reportSweep } from './mlflow-sweep.js';
import { MlflowTracker } from './mlflow-tracker.js';

/** Sends runs to an MLflow server. */
export const mlflow: TrackerComponent<MlflowOptions> = {
  summary: 'An MLflow server: parameters, curves, images, exported models and how the run ended.',
  details:
    'A run is one MLflow run, even if it is stopped and resumed. Records of the time when the server is down are sent later, by the next `runner run` or by `runner sync`. ' +
    'Histograms have no place in MLflow; TensorBoard shows them. MLflow’s own environment variables count: MLFLOW_TRACKING_URI, _USERNAME, _PASSWORD, _TOKEN, _INSECURE_TLS, ' +
    'MLFLOW_EXPERIMENT_NAME and _ID, MLFLOW_RUN_ID (the run to continue, as MLflow Projects sets it).',
  schema: SCHEMA,
  check: (options) => checkOptions(options, process.env),
  destination: destinationOf,
  reportSweep: async (options, sweep, env, signal) => {
    await reportSweep(sweep, { client: clientOf(options, env), options, env, signal });
  },
  create: (options, site) => new MlflowTracker(clientOf(options, site.env), options, site),
};

/** The tracker feed retries a batch for as long as necessary, so a single call need not retry for long. */
const CALL_LIMITS = { retries: 1, backoff: 500, timeout: 60_000 };

/** @throws ProblemError */
function clientOf(options: MlflowOptions, env: NodeJS.ProcessEnv): MlflowClient {
  const problem = serverProblem(options, env);
  if (problem !== undefined) {
    throw new ProblemError({
      code: 'mlflow-no-server',
      message: `tracking.mlflow.uri: ${problem.message}`,
      cure: problem.cure,
    });
  }
  const { retries, timeout, backoff } = CALL_LIMITS;
  return connect({
    trackingUri: serverOf(options, env)!,
    env,
    ...(!env['MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR'] && { backoff }),
    ...(!env['MLFLOW_HTTP_REQUEST_MAX_RETRIES'] && { retries }),
    ...(!env['MLFLOW_HTTP_REQUEST_TIMEOUT'] && { timeout }),
  });
}
