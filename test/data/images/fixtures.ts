import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The images that test/fixtures/images/make_images.py writes, one of every kind, and the expected RGB of each. */
export const FOLDER = fileURLToPath(new URL('../../../../test/fixtures/images/', import.meta.url));

export interface Expected {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], base64 */
  readonly rgb: string;
  /** `exact`: the pixels written into the file, where Pillow is wrong or no other reference is needed. */
  readonly reference: 'pillow' | 'exact';
  readonly pillow_differs_by?: number | null;
}

export const EXPECTED = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Readonly<
  Record<string, Expected>
>;

export const NAMES = Object.keys(EXPECTED);

export function image(name: string): Buffer {
  return readFileSync(join(FOLDER, name));
}

/** The names of the images in the folder; each must have an expectation. */
export function filesThere(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => !/\.(py|json)$|^__/.test(file))
    .sort();
}

/** The largest allowed difference from the reference; 0 by default. */
export const ALLOWED: Readonly<Record<string, number>> = {
  // Two colour management systems round differently in the conversion through Lab or XYZ.
  'display-p3.jpg': 1,
  'display-p3-alpha.png': 1,
  'adobe-rgb.jpg': 1,
  'cmyk-profile.jpg': 1,
  // We skip the conversion from sRGB to sRGB, where Pillow's reference rounds.
  'srgb-profile.jpg': 1,
  // Colours were multiplied by alpha and rounded in the file; they are divided and multiplied again.
  'rgba-premultiplied.tiff': 1,
  // Other implementations of the conversion from YCbCr, and of upsampling its colours.
  'rotated.avif': 1,
  'alpha.avif': 1,
  'plain.avif': 80,
};

export interface Difference {
  readonly largest: number;
  readonly mean: number;
}

export function difference(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new Error(`Lengths differ: ${a.length} and ${b.length}`);
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i]! - b[i]!);
    largest = Math.max(largest, d);
    sum += d;
  }
  return { largest, mean: sum / a.length };
}
