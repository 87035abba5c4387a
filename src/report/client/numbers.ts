import { formatNumber } from '../../support/format-number.js';

export function uint32(base64: string): Uint32Array {
  return new Uint32Array(bytesOf(base64));
}

export function float32(base64: string): Float32Array {
  return new Float32Array(bytesOf(base64));
}

function bytesOf(base64: string): ArrayBuffer {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

/** A measured number, as everywhere on the page; a dash where there is none. */
export function shortText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatNumber(value);
}

/** 1,265 */
export function whole(value: number): string {
  return value.toLocaleString('en-US');
}
