import type { Readable } from 'node:stream';
import got from 'got';
import { failureOfRequest } from './failures.js';
import { routeTo } from './proxied.js';
import type { Settings } from './settings.js';

/** A request of the client, before anything is sent. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Whole, without credentials. */
  readonly url: URL;
  /** Sent as JSON. */
  readonly json?: object;
  /** Sent as it is; made anew for each attempt. */
  readonly file?: Upload;
}

export interface Upload {
  /** In bytes. */
  readonly size: number;
  open(): Readable | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | undefined;
}

/**
 * One attempt. Answers are answers, whatever their status; redirects are not followed.
 *
 * @throws MlflowError, ProblemError where none came; the signal's reason
 */
export async function send(call: Call, settings: Settings, signal: AbortSignal | undefined): Promise<Answer> {
  signal?.throwIfAborted();
  try {
    const response = await got(call.url, {
      ...routeTo(call.url, settings.env),
      ...(signal === undefined ? {} : { signal }),
      ...bodyOf(call),
      method: call.method,
      headers: headersOf(call, settings),
      timeout: timeoutsOf(call, settings.patience.timeout),
      https: settings.tls,
      retry: { limit: 0 },
      throwHttpErrors: false,
      followRedirect: false,
    });
    const { statusCode: status, body: text, headers } = response;
    return { status, text, header: (name) => [headers[name]].flat()[0] };
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOfRequest(error, call, settings);
  }
}

function bodyOf({ json, file }: Call) {
  if (file !== undefined) return { body: file.open() };
  return json === undefined ? {} : { body: JSON.stringify(json) };
}

function headersOf({ json, file }: Call, { authorization }: Settings): Record<string, string> {
  return {
    'user-agent': 'cyclegan-runner-mlflow-client',
    accept: 'application/json',
    ...(authorization === undefined ? {} : { authorization }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    // Not by the file's kind: a server may take a form apart before MLflow sees it.
    ...(file === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': String(file.size) }),
  };
}

/** A small request has to be done in time; a file takes as long as it takes, if only it moves. */
function timeoutsOf({ file }: Call, timeout: number) {
  const steps = { connect: timeout, secureConnect: timeout, response: timeout };
  return file === undefined ? { request: timeout } : { ...steps, socket: timeout };
}
