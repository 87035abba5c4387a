import { relative, sep } from 'node:path';

/** The address of a file or folder as seen from the page. Signs that mean something in addresses are written as what they are. */
export function linkTo(dir: string, target: string): string {
  return relative(dir, target).split(sep).map(encoded).join('/');
}

/** Half of a pair of signs, which a file's name can hold, has no address. */
function encoded(part: string): string {
  return encodeURIComponent(Buffer.from(part).toString());
}
