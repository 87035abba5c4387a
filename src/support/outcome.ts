import type { Problem } from './problem.js';

/** A value, or all problems of the user's input. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export function valid<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function invalid(...problems: readonly Problem[]): Outcome<never> {
  return { ok: false, problems };
}
