import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Direction } from '../registry/kinds/export-format.js';
import { isInside } from '../support/inside.js';
import { isJsonObject, type Json, type JsonObject } from '../support/json.js';
import { decodeNumber } from '../support/numbers.js';

/** The file of {@link ImageResult}s in the evaluation's folder, a line for each test image. */
export const IMAGE_RESULTS_FILE = 'images.jsonl';
/** A test image, what the generators made of it, and its scores. Paths are relative to the evaluation's folder. */
export interface ImageResult extends Partial<Record<ImagePart, string>> {
  readonly direction: Direction;
  /** Its position among the test images of the direction. */
  readonly index: number;
  /** Its name in the data set: `testA/horse.jpg`. */
  readonly name: string;
  /** Its values by the metrics that have one for each image. */
  readonly scores: Readonly<Record<string, number>>;
  /** The training image of the target domain that its translation resembles most, by the scores that look for one. */
  readonly nearest?: Readonly<Record<string, NearestImage>>;
}

export interface NearestImage {
  /** Its name in the data set: `trainB/zebra.jpg`. */
  readonly name: string;
  /** Kept for the closest translations only. */
  readonly file?: string;
}

/** The images that are kept of each test image, as far as there are. */
export const IMAGE_PARTS = ['source', 'translated', 'reconstructed', 'truth'] as const;
export type ImagePart = (typeof IMAGE_PARTS)[number];

/**
 * The test images that an evaluation kept; none for one of an older version. Lines that are damaged are left out, and so are files outside of the
 * evaluation's folder.
 *
 * @param dir the evaluation's folder
 */
export async function readImageResults(dir: string): Promise<ImageResult[]> {
  const text = await readFile(join(dir, IMAGE_RESULTS_FILE), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => resultIn(line) ?? []);
}

function resultIn(line: string): ImageResult | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line, decodeNumber);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { direction, index, name, scores, nearest } = value;
  if (typeof name !== 'string' || typeof index !== 'number') return undefined;
  if (direction !== 'AtoB' && direction !== 'BtoA') return undefined;
  return { direction, index, name, ...filesIn(value), scores: numbersIn(scores), ...nearestIn(nearest) };
}

function nearestIn(value: Json | undefined): Pick<ImageResult, 'nearest'> {
  if (value === undefined || !isJsonObject(value)) return {};
  const found = Object.entries(value).flatMap(([score, image]) => {
    if (!isJsonObject(image) || typeof image['name'] !== 'string') return [];
    const { name, file } = image;
    return [[score, { name, ...(typeof file === 'string' && isInside(file) && { file }) }] as const];
  });
  return { nearest: Object.fromEntries(found) };
}

function filesIn(line: JsonObject): Pick<ImageResult, ImagePart> {
  const files = IMAGE_PARTS.map((part) => [part, line[part]] as const);
  return Object.fromEntries(files.filter(([, file]) => typeof file === 'string' && isInside(file)));
}

function numbersIn(scores: Json | undefined): ImageResult['scores'] {
  const all = Object.entries(scores !== undefined && isJsonObject(scores) ? scores : {});
  return Object.fromEntries(all.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
}
