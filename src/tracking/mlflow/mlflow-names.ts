import { sha256 } from '../../support/hash.js';

const LONGEST = 250;

/**
 * A name as MLflow takes it for metrics and parameters: letters, digits, `_ - . /` and spaces, at most 250 of them, and a plain path. What else there is
 * is written as its code, `acc@1` as `acc_u0040_1`, so that two names stay two.
 */
export function keyOf(name: string): string {
  const plain = name.replace(/[^\p{L}\p{N}_\-. /]/gu, coded);
  const path = plain
    .split('/')
    .map((part) => (/^\.{0,2}$/.test(part) ? part.replaceAll('.', coded) || '_' : part))
    .join('/');
  return path.length <= LONGEST ? path : `${path.slice(0, LONGEST - 9)}-${sha256(name).slice(0, 8)}`;
}

function coded(sign: string): string {
  return `_u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}_`;
}
