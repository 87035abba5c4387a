import {
  authorization,
  bareAddress,
  booleanIn,
  numberIn,
  parseTrackingUri,
  type Tls,
  tlsOf,
  trackingEnvironment,
  variable,
} from './environment.js';

export interface ConnectOptions {
  /** The server's address; from `MLFLOW_TRACKING_URI` by default. */
  readonly trackingUri?: string;
  /** Where MLflow's environment variables are read; this process's by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Attempts after the first that failed; `MLFLOW_HTTP_REQUEST_MAX_RETRIES` or 7 by default. */
  readonly retries?: number;
  /** Milliseconds that one request may take; for uploads, without progress. `MLFLOW_HTTP_REQUEST_TIMEOUT` or 2 minutes by default. */
  readonly timeout?: number;
  /** The first pause before another attempt, in milliseconds; it doubles each time. `MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR` or 2 s by default. */
  readonly backoff?: number;
}

/** All that requests need, read once. */
export interface Settings {
  /** Without credentials and trailing slash. */
  readonly server: string;
  readonly authorization: string | undefined;
  readonly tls: Tls;
  readonly retryPolicy: RetryPolicy;
  /** Contains the proxy variables. */
  readonly env: NodeJS.ProcessEnv;
}

/** Times in milliseconds. */
export interface RetryPolicy {
  readonly timeout: number;
  readonly retries: number;
  /** The first pause; it doubles each time. */
  readonly backoff: number;
  /** Upper limit of a random part of each pause, so that many clients do not retry at once. */
  readonly jitter: number;
  readonly usesRetryAfter: boolean;
}

/** @throws ProblemError for a missing or invalid address, and for variables that cannot be parsed */
export function settingsOf(options: ConnectOptions): Settings {
  const env = options.env ?? process.env;
  const address = parseTrackingUri(options.trackingUri ?? trackingEnvironment(env).trackingUri);
  return {
    server: bareAddress(address),
    authorization: authorization(address, env),
    tls: tlsOf(env),
    retryPolicy: retryPolicyOf(options, env),
    env,
  };
}

function retryPolicyOf(options: ConnectOptions, env: NodeJS.ProcessEnv): RetryPolicy {
  const seconds = (name: string, fallback: number) => (numberIn(env, name) ?? fallback) * 1000;
  const respectHeader = 'MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER';
  return {
    timeout: options.timeout ?? seconds('MLFLOW_HTTP_REQUEST_TIMEOUT', 120),
    retries: options.retries ?? numberIn(env, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES') ?? 7,
    backoff: options.backoff ?? seconds('MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR', 2),
    jitter: seconds('MLFLOW_HTTP_REQUEST_BACKOFF_JITTER', 1),
    usesRetryAfter: variable(env, respectHeader) === undefined || booleanIn(env, respectHeader),
  };
}
