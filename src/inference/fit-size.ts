import type { RgbImage } from './image-grid.js';

type Size = Pick<RgbImage, 'width' | 'height'>;

/** The size of an image whose shorter side becomes `side`, in pixels. */
export function fitSize({ width, height }: Size, side: number): Size {
  const scale = side / Math.min(width, height);
  const scaled = (length: number) => Math.max(1, Math.round(length * scale));
  return { width: scaled(width), height: scaled(height) };
}
