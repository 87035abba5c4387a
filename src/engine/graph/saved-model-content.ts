import { createHash } from 'node:crypto';
import type { Values } from './graph-def.js';

/** A text that is equal for equal contents only. */
export function contentOf(what: unknown): string {
  return JSON.stringify(what, exactly);
}

/** Identifies the values of a constant. */
export function digest(values: Values): string {
  if (Array.isArray(values)) return JSON.stringify(values);
  const { buffer, byteOffset, byteLength } = values as Float32Array;
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('base64');
}

/** A JSON replacer, as JSON writes NaN and the infinities as null, and -0 as 0. */
const exactly = (_: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? [Object.is(value, -0) ? '-0' : String(value)]
    : value;
