import type { WorkFailure } from '../work-queue.js';

/** An error with the status of its answer. */
export class HttpError extends Error {
  constructor(
    readonly statusCode: number,
    /** A stable name that clients can rely on. */
    readonly code: string,
    message: string,
    /** When to try again, in seconds. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'HttpError';
  }
}

/** The status of work that was not done. 429 says that this client, or all together, ask too much; 503 that the server cannot now. */
export const STATUS_OF: Readonly<Record<WorkFailure, { readonly status: number; readonly retryAfter?: number }>> = {
  'queue-full': { status: 429, retryAfter: 1 },
  'too-late': { status: 503, retryAfter: 5 },
  stopping: { status: 503, retryAfter: 5 },
  'engine-died': { status: 500 },
  'undecodable-image': { status: 415 },
  'too-many-pixels': { status: 413 },
  'wrong-size': { status: 400 },
};

/** The body of an answer that is an error, as TensorFlow Serving has it, with a code. */
export interface ErrorBody {
  readonly error: string;
  readonly code: string;
}
