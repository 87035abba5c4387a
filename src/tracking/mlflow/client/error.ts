/** Why MLflow did not do what it was asked for. What a person must mend is a `ProblemError` instead. */
export class MlflowError extends Error {
  /** Of the answer; nothing when there was none. */
  readonly status: number | undefined;
  /** MLflow's own: `RESOURCE_DOES_NOT_EXIST`, `INVALID_PARAMETER_VALUE`... */
  readonly errorCode: string | undefined;
  readonly method: string;
  /** Of the request, without the server: `/api/2.0/mlflow/runs/get`. */
  readonly path: string;
  /** Whether it may pass by itself: a lost connection, a server that is busy or broken. */
  readonly temporary: boolean;
  /** Milliseconds after which the server asks to come again. */
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

export interface MlflowErrorDetails {
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly temporary: boolean;
  readonly retryAfter?: number | undefined;
}

/** Whether an error is MLflow's, of that code. */
export function hasErrorCode(error: unknown, code: string): error is MlflowError {
  return error instanceof MlflowError && error.errorCode === code;
}
