import type { MlflowClient } from './types.js';

export interface ConnectOptions {
  /** The server's address; from `MLFLOW_TRACKING_URI` by default. */
  readonly trackingUri?: string;
  /** Where MLflow's environment variables are read; this process's by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Attempts after the first that failed; `MLFLOW_HTTP_REQUEST_MAX_RETRIES` or 7 by default. */
  readonly retries?: number;
  /** Milliseconds that one request may take; for uploads, that no byte moves. `MLFLOW_HTTP_REQUEST_TIMEOUT` or 2 minutes by default. */
  readonly timeout?: number;
  /** The first pause before another attempt, in milliseconds; it doubles each time. `MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR` or 2 s by default. */
  readonly backoff?: number;
}

/** A client of the MLflow server that the options or the environment name; nothing is sent yet. @throws ProblemError */
export function connect(options: ConnectOptions = {}): MlflowClient {
  throw new Error(`not built yet: ${options.trackingUri ?? ''}`);
}
