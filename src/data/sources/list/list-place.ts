import type { Problem } from '../../../support/problem.js';

/** A place in a list. */
export interface ListPlace {
  /** Follows the list's path: `:7`. */
  readonly mark: string;
  /** `line 7` */
  readonly text: string;
}

/** @param line counts from 1 */
export function lineAt(line: number): ListPlace {
  return { mark: `:${line}`, text: `line ${line}` };
}

/** An entry of an array. @param index counts from 0 */
export function entryAt(index: number): ListPlace {
  return { mark: `[${index}]`, text: `entry [${index}]` };
}

/** The list as a whole. */
export const WHOLE_LIST: ListPlace = { mark: '', text: 'the list' };

/** `photos.csv:7: ...` */
export function problemAt(path: string, place: ListPlace, message: string, cure?: string): Problem {
  // The place is in the list, not in the config.
  return {
    code: 'bad-list',
    option: [],
    message: `${path}${place.mark}: ${message}`,
    ...(cure !== undefined && { cure }),
  };
}
