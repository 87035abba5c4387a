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

/** A number with about four significant digits. */
export function shortText(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** 1,265 */
export function whole(value: number): string {
  return value.toLocaleString('en-US');
}
