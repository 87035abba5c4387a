/** A replacer for JSON.stringify: writes `"NaN"`, `"Infinity"`, `"-Infinity"` instead of null. */
export function encodeNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** A reviver for JSON.parse: the inverse of {@link encodeNumber}. */
export function decodeNumber(_key: string, value: unknown): unknown {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
}
