import { sha256 } from '../../support/hash.js';

/** Thousands of images have a handful of profiles; a few of them may be large. */
const PROFILES = 32;

/** A function of profiles that is asked once for each, as long as it is among the latest. */
export function cachedByProfile<T>(of: (icc: Buffer) => T): (icc: Buffer) => T {
  const known = new Map<string, { readonly value: T }>();
  return (icc) => {
    const key = sha256(icc);
    const found = known.get(key);
    if (found) return found.value;
    const value = of(icc);
    if (known.size >= PROFILES) known.delete(known.keys().next().value!);
    known.set(key, { value });
    return value;
  };
}
