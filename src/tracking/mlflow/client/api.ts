import type { JsonObject } from '../../../support/json.js';
import { contentOf } from './answers.js';
import { send, type Call, type Upload } from './http.js';
import type { Patience, Settings } from './settings.js';
import { persist, type Waiting } from './waiting.js';

/** What follows `?`; a list is repeated. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** The server's REST API: what is asked and what is answered, as JSON. */
export interface Api {
  readonly settings: Settings;
  readonly waiting: Waiting;
  /** @param path below `/api/2.0/mlflow/`: `runs/get` */
  get(path: string, query: Query, signal: AbortSignal | undefined): Promise<JsonObject>;
  /** @param patience other than the client's */
  post(path: string, json: object, signal: AbortSignal | undefined, patience?: Patience): Promise<JsonObject>;
  /** @param url whole */
  put(url: URL, file: Upload, signal: AbortSignal | undefined): Promise<JsonObject>;
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

function withQuery(url: URL, query: Query): URL {
  for (const [key, value] of Object.entries(query)) {
    for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(key, String(one));
  }
  return url;
}
