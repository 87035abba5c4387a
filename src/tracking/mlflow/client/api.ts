import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ask, type HttpText, type Timeouts } from '../../../support/http/request.js';
import type { JsonObject } from '../../../support/json.js';
import { contentOf, failureOfRequest } from './answers.js';
import { MlflowError } from './errors.js';
import type { Timing, Settings } from './settings.js';

/** What follows `?`; a list is repeated. */
type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The server's REST API: what is asked and what is answered, as JSON. */
export interface Api {
  readonly settings: Settings;
  readonly waiting: Waiting;
  /** @param path below `/api/2.0/mlflow/`: `runs/get` */
  get(path: string, query: Query, signal: AbortSignal | undefined): Promise<JsonObject>;
  /** @param patience other than the client's */
  post(path: string, json: object, signal: AbortSignal | undefined, patience?: Timing): Promise<JsonObject>;
  /** @param url whole */
  put(url: URL, file: Upload, signal: AbortSignal | undefined): Promise<JsonObject>;
}

/** The passing of time and chance, which tests bring their own of. */
export interface Waiting {
  readonly sleep: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

export const WAITING: Waiting = {
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};

/** The longest pause, and the longest that a server may ask for. */
const LONGEST = 120_000;

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

export function apiOf(settings: Settings, waiting: Waiting): Api {
  const call = (one: Call, signal: AbortSignal | undefined, patience = settings.patience) =>
    persist(async () => contentOf(await send(one, settings, signal), one, settings), patience, waiting, signal);
  const url = (path: string) => new URL(`${settings.server}/api/2.0/mlflow/${path}`);
  return {
    settings,
    waiting,
    get: (path, query, signal) => call({ method: 'GET', url: withQuery(url(path), query) }, signal),
    post: (path, json, signal, patience) => call({ method: 'POST', url: url(path), json }, signal, patience),
    put: (whole, file, signal) => call({ method: 'PUT', url: whole, file }, signal),
  };
}

/** All pages of a list. @param ask with the next page's token; the first time without */
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
    // A server that gives the same page for ever must not keep us for ever.
    token = typeof next === 'string' && next !== '' && next !== token ? next : undefined;
  } while (token !== undefined && found.length < limit);
  return found.slice(0, limit);
}

/** Tries until it works, what may pass by itself, as often as patience allows. @throws what the last attempt did; the signal's reason */
export async function persist<T>(
  attempt: () => Promise<T>,
  patience: Timing,
  waiting: Waiting,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (!isTemporary(error) || failures > patience.retries) throw error;
      await pause(failures, error, patience, waiting, signal);
    }
  }
}

export function isTemporary(error: unknown): error is MlflowError {
  return error instanceof MlflowError && error.temporary;
}

/** Before another attempt. @param failures from 1 @throws the signal's reason */
export async function pause(
  failures: number,
  error: MlflowError,
  { backoff, jitter, heedsRetryAfter }: Timing,
  { sleep, random }: Waiting,
  signal: AbortSignal | undefined,
): Promise<void> {
  const own = backoff * 2 ** (failures - 1) + jitter * random();
  const asked = heedsRetryAfter ? (error.retryAfter ?? 0) : 0;
  try {
    await sleep(Math.min(LONGEST, Math.max(own, asked)), signal);
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
 * One attempt. Answers are answers, whatever their status; redirects are not followed.
 *
 * @throws MlflowError, ProblemError where none came; the signal's reason
 */
export async function send(call: Call, settings: Settings, signal: AbortSignal | undefined): Promise<HttpText> {
  try {
    const { url, method } = call;
    const { tls, env } = settings;
    const headers = headersOf(call, settings);
    const timeouts = timeoutsOf(call, settings.patience.timeout);
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
    // Not by the file's kind: a server may take a form apart before MLflow sees it.
    ...(file === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': String(file.size) }),
  };
}

/** A small request has to be done in time; a file takes as long as it takes, if only it moves. */
function timeoutsOf({ file }: Call, timeout: number): Timeouts {
  return file === undefined ? { whole: timeout } : { connect: timeout, stall: timeout };
}
