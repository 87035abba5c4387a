import type { Json } from './json.js';

/** The part between `://` and the host: `bob:word@`. Either may be a token. */
const CREDENTIALS = /(:[/\\]{2,})[^/\\?#\n]*@/g;

/** Replaces users and passwords of addresses in a value's texts by `***`, for output and records. */
export function hidePasswords<T extends Json>(value: T): T {
  return replaced(value, '$1***@') as T;
}

/** Removes users and passwords of addresses in a value's texts, for fingerprints. */
export function dropPasswords<T extends Json>(value: T): T {
  return replaced(value, '$1') as T;
}

/** Replaces each of their characters by `*`, so that columns do not change. */
export function maskPasswords(text: string): string {
  return text.replace(CREDENTIALS, (all, start: string) => `${start.padEnd(all.length - 1, '*')}@`);
}

function replaced(value: Json, by: string): Json {
  if (typeof value === 'string') return value.replace(CREDENTIALS, by);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => replaced(item, by));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by)]));
}
