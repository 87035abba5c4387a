import type { Problem } from '../../../support/problem.js';

/** Where a list says something. */
export interface ListPlace {
  /** Follows its path: `:7`. */
  readonly mark: string;
  /** `line 7` */
  readonly text: string;
}

/** @param line counts from 1 */
export function lineAt(line: number): ListPlace {
  return { mark: `:${line}`, text: `line ${line}` };
}

/** Of an array. @param index counts from 0, as programs do */
export function entryAt(index: number): ListPlace {
  return { mark: `[${index}]`, text: `entry [${index}]` };
}

/** The list as a whole. */
export const WHOLE_LIST: ListPlace = { mark: '', text: 'the list' };

/** `photos.csv:7: ...` */
export function problemAt(path: string, place: ListPlace, complaint: string, cure?: string): Problem {
  // The place is in the list, not in the config.
  return {
    code: 'bad-list',
    option: [],
    message: `${path}${place.mark}: ${complaint}`,
    ...(cure !== undefined && { cure }),
  };
}
