import { keyedRandom } from '../support/keyed-random.js';

/** Radii, as shares of the side. */
const [LEAST, LARGEST] = [0.01, 0.5];
const LEAVES = 4000;

/**
 * An image of discs that cover one another, of all sizes: its contrasts, edges and spectrum are those of photographs, alike at every scale (Lee, Mumford
 * and Huang 2001, "Occlusion models for natural images").
 *
 * @returns [size, size, 3], levels from 0 to 255; of another image for each seed
 */
export function deadLeaves(size: number, seed: number): Float32Array {
  const random = keyedRandom('dead leaves', seed);
  const image = new Float32Array(size * size * 3);
  for (let i = 0; i < LEAVES; i++) {
    const [x, y, radius] = [random.float() * size, random.float() * size, radiusAt(random.float()) * size];
    const grey = random.between(0, 255);
    const colour = [0, 1, 2].map(() => Math.min(255, Math.max(0, Math.round(grey + random.between(-60, 60)))));
    fillDisc(image, size, { x, y, radius, colour });
  }
  return image;
}

/** The radius that a share of the discs is below, where their density is radius^-3. */
function radiusAt(share: number): number {
  return (LEAST ** -2 - share * (LEAST ** -2 - LARGEST ** -2)) ** -0.5;
}

interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly colour: readonly number[];
}

function fillDisc(image: Float32Array, size: number, { x, y, radius, colour }: Disc): void {
  const [top, bottom] = [Math.max(0, Math.ceil(y - radius)), Math.min(size - 1, Math.floor(y + radius))];
  for (let row = top; row <= bottom; row++) {
    const half = Math.sqrt(radius ** 2 - (row - y) ** 2);
    const [left, right] = [Math.max(0, Math.ceil(x - half)), Math.min(size - 1, Math.floor(x + half))];
    for (let column = left; column <= right; column++) image.set(colour, (row * size + column) * 3);
  }
}
