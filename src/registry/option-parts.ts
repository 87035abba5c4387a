import type { OptionSchema } from './component.js';
import type { Kind } from './kinds.js';

/** Marks an option that changes no result: it takes effect from the next start on, and runs nothing again. */
export const BOOKKEEPING = { 'x-not-fingerprinted': true } as const;

/** The schema of a list of components, each a name or `{type: name, ...options}`. */
export function componentList(kind: Kind, description: string, initial: readonly string[]): OptionSchema {
  return {
    description,
    type: 'array',
    items: { type: 'string' },
    expected: 'a list of names, each alone or as {type: name, ...}',
    'x-kind': kind,
    default: initial,
  };
}
