import { relative } from 'node:path';

/** A path as one would type it from `cwd`: relative when it lies below, else absolute. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
