/** A size to resize to, in pixels: the side of a square, or both sides. */
export type TargetSize = number | { readonly width: number; readonly height: number };

export function sidesOf(size: TargetSize): { readonly width: number; readonly height: number } {
  return typeof size === 'number' ? { width: size, height: size } : size;
}
