import type { Problem } from '../../../support/problem.js';

/** A request that MLflow did not fulfil. A failure that the user must fix is a `ProblemError` instead. */
export class MlflowError extends Error {
  /** Status of the response; undefined when there was none. */
  readonly status: number | undefined;
  /** MLflow's error code: `RESOURCE_DOES_NOT_EXIST`, `INVALID_PARAMETER_VALUE`... */
  readonly errorCode: string | undefined;
  readonly method: string;
  /** Path of the request, without the server: `/api/2.0/mlflow/runs/get`. */
  readonly path: string;
  /** Whether a retry may succeed: after a lost connection, or when the server is busy or failing. */
  readonly temporary: boolean;
  /** Milliseconds after which the server asks for a retry. */
  readonly retryAfter: number | undefined;

  constructor(message: string, details: MlflowErrorDetails) {
    super(message);
    this.name = 'MlflowError';
    this.status = details.status;
    this.errorCode = details.errorCode;
    this.method = details.method;
    this.path = details.path;
    this.temporary = details.temporary;
    this.retryAfter = details.retryAfter;
  }
}

/** The request that failed, and the answer. */
export interface MlflowErrorDetails {
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly temporary: boolean;
  readonly retryAfter?: number | undefined;
}

/** Whether an error is an `MlflowError` of that code. */
export function hasErrorCode(error: unknown, code: string): error is MlflowError {
  return error instanceof MlflowError && error.errorCode === code;
}

// Problems that the user must fix before an MLflow server accepts requests.

export function noMlflowHere(server: string, found: string): Problem {
  return {
    code: 'no-mlflow-here',
    message: `There is no MLflow server at ${server}: ${found}.`,
    cure: "Check MLFLOW_TRACKING_URI: a browser must show MLflow's page there, without a login first.",
  };
}

/** @param known whether a user, password or token was sent */
export function unauthorised(server: string, known: boolean): Problem {
  return {
    code: 'mlflow-unauthorised',
    message: known
      ? `The MLflow server ${server} does not accept the user and password, or the token, that it was given (it answered 401).`
      : `The MLflow server ${server} requires a login (it answered 401).`,
    cure: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, as the server has them.',
  };
}

/** @param message the server's error message */
export function forbidden(server: string, message: string): Problem {
  if (/invalid host header/i.test(message)) {
    return {
      code: 'mlflow-forbidden',
      message: `The MLflow server ${server} does not accept this host name (${message}).`,
      cure: `Start it with \`--allowed-hosts ${new URL(server).host}\`, or use a name that it accepts.`,
    };
  }
  return {
    code: 'mlflow-forbidden',
    message: `The MLflow server ${server} does not allow this (it answered 403${message === '' ? '' : `: ${message}`}).`,
    cure: 'Ask its owner for the permission, or use another user (MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN).',
  };
}

export function redirected(server: string, to: string): Problem {
  return {
    code: 'mlflow-redirects',
    message: `The MLflow server ${server} redirects to ${to}.`,
    cure: "If that is MLflow's own address, set MLFLOW_TRACKING_URI to it; if it is a login, set a token.",
  };
}

export function untrusted(server: string, code: string): Problem {
  return {
    code: 'mlflow-untrusted',
    message: `The connection to the MLflow server ${server} cannot be trusted (${code}).`,
    cure: "Name the server's certificate: MLFLOW_TRACKING_SERVER_CERT_PATH=FILE.pem. For a trial, MLFLOW_TRACKING_INSECURE_TLS=true asks for none.",
  };
}

export function proxyRefused(server: string, status: number): Problem {
  return {
    code: 'mlflow-proxy',
    message: `The proxy refuses the connection to the MLflow server ${server} (it answered ${status}).`,
    cure: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and the password in them.',
  };
}

export function notServingArtifacts(server: string): Problem {
  return {
    code: 'mlflow-artifacts',
    message: `The MLflow server ${server} accepts no files: it runs with --no-serve-artifacts.`,
    cure: 'Start it with `--serve-artifacts`, or use an experiment with another artifact location.',
  };
}

export function artifactsOnly(server: string): Problem {
  return {
    code: 'mlflow-artifacts',
    message: `The MLflow server ${server} serves files only: it runs with --artifacts-only.`,
    cure: 'Set MLFLOW_TRACKING_URI to the server that stores the runs.',
  };
}

/** @param uri the run's artifact address, without credentials */
export function foreignStore(server: string, uri: string): Problem {
  return {
    code: 'mlflow-artifacts',
    message: `The run's files belong into ${uri}, which only that store's own library can access.`,
    cure: `Let the server ${server} forward them: start it with \`--serve-artifacts --artifacts-destination ${uri.split('/').slice(0, 3).join('/')}/...\`, and use a new experiment (an old one keeps its location).`,
  };
}

export function folderElsewhere(server: string, path: string): Problem {
  return {
    code: 'mlflow-artifacts',
    message: `The MLflow server ${server} keeps the run's files in the folder ${path}, which is not on this machine.`,
    cure: 'Start it with `--serve-artifacts --artifacts-destination FOLDER`, and use a new experiment (an old one keeps its location).',
  };
}

export function deletedExperiment(name: string, id: string): Problem {
  return {
    code: 'mlflow-experiment-deleted',
    message: `The MLflow experiment ${JSON.stringify(name)} (${id}) was deleted.`,
    cure: `Restore it with \`mlflow experiments restore --experiment-id ${id}\`, or choose another name.`,
  };
}

export function modelNotReady(name: string, version: string, message: string): Problem {
  return {
    code: 'mlflow-registration-failed',
    message: `MLflow could not register version ${version} of the model ${JSON.stringify(name)}${message === '' ? '' : `: ${message}`}.`,
    cure: "Read the server's log, delete the version there, and try again.",
  };
}
