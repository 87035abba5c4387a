import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, type HttpText, type Timeouts } from '../../../support/http/request.js';
import type { JsonObject } from '../../../support/json.js';
import { contentOf, failureOfRequest } from './responses.js';
import { MlflowError } from './errors.js';
import type { RetryPolicy, Settings } from './settings.js';

/** The query of a URL; a list becomes repeated keys. */
type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The server's REST API, in JSON. */
export interface Api {
  readonly settings: Settings;
  readonly waiting: Waiting;
  /** @param path below `/api/2.0/mlflow/`: `runs/get` */
  get(path: string, query: Query, signal: AbortSignal | undefined): Promise<JsonObject>;
  /** @param retryPolicy replaces the client's */
  post(path: string, json: object, signal: AbortSignal | undefined, retryPolicy?: RetryPolicy): Promise<JsonObject>;
  patch(path: string, json: object, signal: AbortSignal | undefined): Promise<JsonObject>;
  /** @param url absolute */
  put(url: URL, file: Upload, signal: AbortSignal | undefined): Promise<JsonObject>;
}

/** Sleep and random numbers; tests replace them. */
export interface Waiting {
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export const WAITING: Waiting = {
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};

/** The longest pause in milliseconds, including one that a server requests. */
const MAX_PAUSE = 120_000;

/** A request of the client, before it is sent. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Absolute, without credentials. */
  readonly url: URL;
  /** Sent as JSON. */
  readonly json?: object;
  /** Sent unchanged; opened again for each attempt. */
  readonly file?: Upload;
}

export interface Upload {
  /** In bytes. */
  readonly size: number;
  open(): Readable | Buffer;
}

export function apiOf(settings: Settings, waiting: Waiting): Api {
  const call = (one: Call, signal: AbortSignal | undefined, retryPolicy = settings.retryPolicy) =>
    withRetries(async () => contentOf(await send(one, settings, signal), one, settings), retryPolicy, waiting, signal);
  const url = (path: string) => new URL(`${settings.server}/api/2.0/mlflow/${path}`);
  return {
    settings,
    waiting,
    get: (path, query, signal) => call({ method: 'GET', url: withQuery(url(path), query) }, signal),
    post: (path, json, signal, retryPolicy) => call({ method: 'POST', url: url(path), json }, signal, retryPolicy),
    patch: (path, json, signal) => call({ method: 'PATCH', url: url(path), json }, signal),
    put: (absolute, file, signal) => call({ method: 'PUT', url: absolute, file }, signal),
  };
}

/** Reads all pages of a list. @param ask requests a page by its token; the first without */
export async function pages<T>(
  ask: (token: string | undefined) => Promise<JsonObject>,
  read: (page: JsonObject) => readonly T[],
  limit = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  let token: string | undefined;
  do {
    const page = await ask(token);
    found.push(...read(page));
    const next = page['next_page_token'];
    // A server may return the same token for ever.
    token = typeof next === 'string' && next !== '' && next !== token ? next : undefined;
  } while (token !== undefined && found.length < limit);
  return found.slice(0, limit);
}

/** Retries temporary failures, as often as the policy allows. @throws the last attempt's error; the signal's reason */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  retryPolicy: RetryPolicy,
  waiting: Waiting,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || failures > retryPolicy.retries) throw error;
      await pause(failures, error, retryPolicy, waiting, signal);
    }
  }
}

export function isTemporary(error: unknown): error is MlflowError {
  return error instanceof MlflowError && error.temporary;
}

/** Waits before the next attempt. @param failures from 1 @throws the signal's reason */
export async function pause(
  failures: number,
  error: MlflowError,
  { backoff, jitter, usesRetryAfter }: RetryPolicy,
  { sleep, random }: Waiting,
  signal: AbortSignal | undefined,
): Promise<void> {
  const computed = backoff * 2 ** (failures - 1) + jitter * random();
  const requested = usesRetryAfter ? (error.retryAfter ?? 0) : 0;
  try {
    await sleep(Math.min(MAX_PAUSE, Math.max(computed, requested)), signal);
  } finally {
    signal?.throwIfAborted();
  }
}

function withQuery(url: URL, query: Query): URL {
  for (const [key, value] of Object.entries(query)) {
    for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(key, String(one));
  }
  return url;
}

/**
 * Sends a request once. Resolves with any response, whatever its status; does not follow redirects.
 *
 * @throws MlflowError, ProblemError when there is no response; the signal's reason
 */
export async function send(call: Call, settings: Settings, signal: AbortSignal | undefined): Promise<HttpText> {
  try {
    const { url, method } = call;
    const { tls, env } = settings;
    const headers = headersOf(call, settings);
    const timeouts = timeoutsOf(call, settings.retryPolicy.timeout);
    return await ask({ method, url, headers, timeouts, tls, env, ...bodyOf(call) }, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw failureOfRequest(error as Error, call, settings);
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
    // Not the file's own type: a server may parse a form before MLflow receives it.
    ...(file === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': String(file.size) }),
  };
}

/** A small request must end within the timeout; an upload only must not stall for so long. */
function timeoutsOf({ file }: Call, timeout: number): Timeouts {
  return file === undefined ? { whole: timeout } : { connect: timeout, stall: timeout };
}
