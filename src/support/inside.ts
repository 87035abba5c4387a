import { isAbsolute } from 'node:path';

/**
 * Whether a recorded path lies inside the folder that it is relative to. Pages are sent to others, and folders of runs come from others: a page
 * must not contain files of other folders.
 */
export function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
}
