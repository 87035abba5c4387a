/** A size of images in pixels as configs and files write it: the side of squares, or [height, width]. */
export type Sides = number | readonly [height: number, width: number];

export interface HeightWidth {
  readonly height: number;
  readonly width: number;
}

export function sidesOf(size: Sides | HeightWidth): HeightWidth {
  if (typeof size === 'number') return { height: size, width: size };
  return isPair(size) ? { height: size[0], width: size[1] } : size;
}

/** The shortest way to write a size: 256 rather than [256, 256]. */
export function shortSides(size: Sides | HeightWidth): Sides {
  const { height, width } = sidesOf(size);
  return height === width ? height : [height, width];
}

export function isSides(value: unknown): value is Sides {
  return typeof value === 'number' || (Array.isArray(value) && value.length === 2 && value.every(isNumber));
}

const isPair = (size: readonly [number, number] | HeightWidth): size is readonly [number, number] =>
  Array.isArray(size);
const isNumber = (value: unknown): boolean => typeof value === 'number';

export function sameSize(a: Sides | HeightWidth, b: Sides | HeightWidth): boolean {
  const [one, other] = [sidesOf(a), sidesOf(b)];
  return one.height === other.height && one.width === other.width;
}

/** Width first, as image viewers write it: `512x256`. @param times between the two */
export function sizeText(size: Sides | HeightWidth, times = 'x'): string {
  const { height, width } = sidesOf(size);
  return `${width}${times}${height}`;
}

/** As in a config: `256` or `[256, 512]`. */
export function writtenSides(size: Sides | HeightWidth): string {
  const sides = shortSides(size);
  return typeof sides === 'number' ? String(sides) : `[${sides.join(', ')}]`;
}

/** `256`, or `512x256` where the sides differ: in names of files. */
export function sizeName(size: Sides): string {
  const sides = shortSides(size);
  return typeof sides === 'number' ? String(sides) : sizeText(sides);
}

/** The size that {@link sizeName} writes; undefined for another text. */
export function sidesIn(text: string): Sides | undefined {
  const [, width, height = width] = /^([1-9]\d{0,4})(?:x([1-9]\d{0,4}))?$/.exec(text) ?? [];
  return width === undefined ? undefined : shortSides({ height: Number(height), width: Number(width) });
}

export function shorterSide(size: Sides | HeightWidth): number {
  const { height, width } = sidesOf(size);
  return Math.min(height, width);
}

export function longerSide(size: Sides | HeightWidth): number {
  const { height, width } = sidesOf(size);
  return Math.max(height, width);
}

export function pixelsIn(size: Sides | HeightWidth): number {
  const { height, width } = sidesOf(size);
  return height * width;
}

/** The side of a square of as many pixels. */
export const meanSide = (size: Sides | HeightWidth): number => Math.sqrt(pixelsIn(size));

/** Both sides changed alike. */
export function mapSides(size: Sides | HeightWidth, change: (side: number) => number): Sides {
  const { height, width } = sidesOf(size);
  return shortSides({ height: change(height), width: change(width) });
}
