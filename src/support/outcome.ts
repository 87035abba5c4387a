import type { Problem } from './problem.js';

/** A value, or everything that is wrong with what the user gave. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export function valid<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function invalid(...problems: readonly Problem[]): Outcome<never> {
  return { ok: false, problems };
}
