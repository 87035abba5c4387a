import { sha256 } from '../../support/hash.js';

/** Thousands of images share a handful of profiles; some of those may be large. */
const PROFILES = 32;

/** Caches a function of profiles for the latest ones. */
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
