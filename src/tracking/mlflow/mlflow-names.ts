import { sha256 } from '../../support/hash.js';

const MAX_LENGTH = 250;

/**
 * Converts a name to one that MLflow accepts for metrics and parameters: letters, digits, `_ - . /` and spaces, at most 250, and a plain
 * path. Any other character becomes its code, `acc@1` becomes `acc_u0040_1`, so that different names stay different.
 */
export function keyOf(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_\-. /]/gu, coded);
  const path = plain
    .split('/')
    .map((part) => (/^\.{0,2}$/.test(part) ? part.replaceAll('.', coded) || '_' : part))
    .join('/');
  return path.length <= MAX_LENGTH ? path : `${path.slice(0, MAX_LENGTH - 9)}-${sha256(name).slice(0, 8)}`;
}

function coded(character: string): string {
  return `_u${character.codePointAt(0)!.toString(16).padStart(4, '0')}_`;
}
