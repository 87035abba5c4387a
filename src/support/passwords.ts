import type { Json } from './json.js';

/** What stands between `://` and the host: `bob:word@`. A token may be in the place of either. */
const CREDENTIALS = /(:[/\\]{2,})[^/\\?#\n]*@/g;

/** The same value with `***` for users and passwords of the addresses in its texts: what people see and what is recorded. */
export function hidePasswords<T extends Json>(value: T): T {
  return replaced(value, '$1***@') as T;
}

/** The same value without users and passwords of the addresses in its texts: they do not count for what is there. */
export function dropPasswords<T extends Json>(value: T): T {
  return replaced(value, '$1') as T;
}

/** The same text with a `*` for each of their characters, so that what follows stays in its column. */
export function maskPasswords(text: string): string {
  return text.replace(CREDENTIALS, (all, start: string) => `${start.padEnd(all.length - 1, '*')}@`);
}

function replaced(value: Json, by: string): Json {
  if (typeof value === 'string') return value.replace(CREDENTIALS, by);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => replaced(item, by));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by)]));
}
