import { createHash } from 'node:crypto';
import type { Values } from './graph-def.js';

/** A text that is the same for what is the same, and for nothing else. */
export function contentOf(what: unknown): string {
  return JSON.stringify(what, exactly);
}

/** Tells constants apart. */
export function digest(values: Values): string {
  if (Array.isArray(values)) return JSON.stringify(values);
  const { buffer, byteOffset, byteLength } = values as Float32Array;
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('base64');
}

/** For JSON, which writes NaN and the infinities as null, and -0 as 0. */
const exactly = (_: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? [Object.is(value, -0) ? '-0' : String(value)]
    : value;
