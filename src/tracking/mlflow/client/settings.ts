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
  /** Milliseconds that one request may take; for uploads, that no byte moves. `MLFLOW_HTTP_REQUEST_TIMEOUT` or 2 minutes by default. */
  readonly timeout?: number;
  /** The first pause before another attempt, in milliseconds; it doubles each time. `MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR` or 2 s by default. */
  readonly backoff?: number;
}

/** All that requests need to know, read once. */
export interface Settings {
  /** Without credentials, without a slash at the end. */
  readonly server: string;
  readonly authorization: string | undefined;
  readonly tls: Tls;
  readonly patience: Timing;
  /** For the proxies in it. */
  readonly env: NodeJS.ProcessEnv;
}

/** In milliseconds. */
export interface Timing {
  readonly timeout: number;
  readonly retries: number;
  /** The first pause; it doubles each time. */
  readonly backoff: number;
  /** Added to each pause, a part of it at random, so that many clients do not come back at once. */
  readonly jitter: number;
  readonly heedsRetryAfter: boolean;
}

/** @throws ProblemError for no address or a wrong one, and for variables that cannot be read */
export function settingsOf(options: ConnectOptions): Settings {
  const env = options.env ?? process.env;
  const address = parseTrackingUri(options.trackingUri ?? trackingEnvironment(env).trackingUri);
  return {
    server: bareAddress(address),
    authorization: authorization(address, env),
    tls: tlsOf(env),
    patience: patienceOf(options, env),
    env,
  };
}

function patienceOf(options: ConnectOptions, env: NodeJS.ProcessEnv): Timing {
  const seconds = (name: string, otherwise: number) => (numberIn(env, name) ?? otherwise) * 1000;
  const heeds = 'MLFLOW_HTTP_RESPECT_RETRY_AFTER_HEADER';
  return {
    timeout: options.timeout ?? seconds('MLFLOW_HTTP_REQUEST_TIMEOUT', 120),
    retries: options.retries ?? numberIn(env, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES') ?? 7,
    backoff: options.backoff ?? seconds('MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR', 2),
    jitter: seconds('MLFLOW_HTTP_REQUEST_BACKOFF_JITTER', 1),
    heedsRetryAfter: variable(env, heeds) === undefined || booleanIn(env, heeds),
  };
}
