import { relative } from 'node:path';

/** A path relative to `cwd` if it is inside, else absolute. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
