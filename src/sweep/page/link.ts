import { relative, sep } from 'node:path';

/** The URL of a file or folder relative to the page, with special characters encoded. */
export function linkTo(dir: string, target: string): string {
  return relative(dir, target).split(sep).map(encoded).join('/');
}

/** Replaces lone surrogates, which file names can contain and URLs cannot. */
function encoded(part: string): string {
  return encodeURIComponent(Buffer.from(part).toString());
}
