import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The images that test/fixtures/images/make_images.py made, one of every kind, and the RGB that is right for each. */
export const FOLDER = fileURLToPath(new URL('../../../../test/fixtures/images/', import.meta.url));

export interface Expected {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], base64 */
  readonly rgb: string;
  /** `exact`: what was written into the file, where Pillow is wrong or another is not needed. */
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

/** Images in the folder, by their names; there may be none that nothing is expected of. */
export function filesThere(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => !/\.(py|json)$|^__/.test(file))
    .sort();
}

/** How far values may be from the reference; 0 where nothing is said. */
export const ALLOWED: Readonly<Record<string, number>> = {
  // Two colour management systems round in their own ways on the way through Lab or XYZ.
  'display-p3.jpg': 1,
  'display-p3-alpha.png': 1,
  'adobe-rgb.jpg': 1,
  'cmyk-profile.jpg': 1,
  // Left as it is, where Pillow's reference converts from sRGB to sRGB and rounds.
  'srgb-profile.jpg': 1,
  // Colour and alpha were multiplied and rounded before; they are divided and multiplied again.
  'rgba-premultiplied.tiff': 1,
  // Other programs for the conversion from YCbCr; with subsampled colours also other ways to enlarge these.
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
