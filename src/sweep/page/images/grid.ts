import sharp from 'sharp';

/** Pixels between the images of a grid, and around them; see src/stages/image-grid.ts. */
export const GAP = 4;
const WHITE = 255;

/** A grid's pixels, RGB of 8 bits a channel. */
export interface GridPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Buffer;
}

/** The arrangement of a grid's images: `side` pixels each, {@link GAP} apart. */
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly side: number;
}

/** Reads a grid; throws if the file is not an image. */
export async function readPixels(file: string): Promise<GridPixels> {
  const image = sharp(file).flatten({ background: 'white' }).toColourspace('srgb').raw();
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels, found ${info.channels}`);
  return { width: info.width, height: info.height, data };
}

/**
 * Finds the images of a grid [real | translated | reconstructed | (true)]. The size alone may fit both three and four columns, so
 * the gaps are checked as well; any other image has no layout.
 */
export function layoutOf(pixels: GridPixels): GridLayout | undefined {
  return [3, 4]
    .map((columns) => {
      const side = (pixels.width - GAP) / columns - GAP;
      return { columns, side, rows: (pixels.height - GAP) / (side + GAP) };
    })
    .find((layout) => isWhole(layout) && hasGaps(pixels, layout));
}

function isWhole({ side, rows }: GridLayout): boolean {
  return Number.isInteger(side) && Number.isInteger(rows) && side > 0 && rows > 0;
}

function hasGaps(pixels: GridPixels, { columns, rows, side }: GridLayout): boolean {
  const starts = (count: number) => Array.from({ length: count + 1 }, (_, i) => i * (side + GAP));
  const { width, height } = pixels;
  return (
    starts(columns).every((left) => isWhite(pixels, left, 0, GAP, height)) &&
    starts(rows).every((top) => isWhite(pixels, 0, top, width, GAP))
  );
}

function isWhite(pixels: GridPixels, left: number, top: number, width: number, height: number): boolean {
  for (let y = top; y < top + height; y++) {
    const start = (y * pixels.width + left) * 3;
    if (!pixels.data.subarray(start, start + width * 3).every((sample) => sample === WHITE)) return false;
  }
  return true;
}
