/**
 * How an image is cut into overlapping tiles of one size. Beside the pixels for which a tile counts it sees `margin` more, and two
 * neighbours fade into each other over `blend` pixels: there, as everywhere, the weights of all tiles add up to 1.
 */
export interface TilePlan {
  readonly rows: Cut;
  readonly columns: Cut;
}

/** The cut of one side of the image. */
export interface Cut {
  /** Of a tile, in pixels. */
  readonly side: number;
  /** Where the tiles begin. */
  readonly starts: readonly number[];
  /** The weight of each pixel of each tile, from 0 to 1. */
  readonly weights: readonly Float32Array[];
}

export interface TileOptions {
  /** The largest side of a tile, in pixels. */
  readonly side: number;
  /** Pixels that a tile sees beyond those for which it counts: the reach of the network, for a result without a seam. */
  readonly margin: number;
  readonly blend: number;
  /** Tiles begin at multiples of it, so that the network's strides fall on the same pixels in each. */
  readonly multiple: number;
}

/**
 * @param height of the image, a multiple of `multiple`, as `width`
 * @throws RangeError when the side is too small for the margins and the blend
 */
export function planTiles(height: number, width: number, options: TileOptions): TilePlan {
  return { rows: cut(height, options), columns: cut(width, options) };
}

/** Spreads tiles evenly over a side. */
function cut(length: number, { side: most, margin, blend, multiple }: TileOptions): Cut {
  const side = Math.min(length, most - (most % multiple));
  const own = side - 2 * margin - blend - (multiple - 1);
  if (side < length && own < Math.max(1, 2 * blend)) {
    throw new RangeError(`Tiles of ${side} pixels are too small for margins of ${margin} and a blend of ${blend}.`);
  }
  const steps = side === length ? 0 : Math.ceil((length - side) / own);
  const down = (value: number) => value - (value % multiple);
  const starts = Array.from({ length: steps + 1 }, (_, i) => (i === 0 ? 0 : down(((length - side) * i) / steps)));
  // Neighbours meet in the middle of their overlap.
  const meets = starts.slice(1).map((start, i) => (starts[i]! + side + start) / 2);
  const weights = starts.map((start, i) => {
    const [before, after] = [meets[i - 1], meets[i]];
    return Float32Array.from({ length: side }, (_, at) => {
      const centre = start + at + 0.5;
      const rising = before === undefined ? 1 : ramp(centre - before, blend);
      const falling = after === undefined ? 1 : 1 - ramp(centre - after, blend);
      return Math.min(rising, falling);
    });
  });
  return { side, starts, weights };
}

/** From 0 to 1 over `width` around 0. */
function ramp(x: number, width: number): number {
  if (width === 0) return x < 0 ? 0 : 1;
  return Math.min(1, Math.max(0, x / width + 0.5));
}
