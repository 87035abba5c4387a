import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Direction } from '../registry/kinds/export-format.js';
import { isJsonObject } from '../support/json.js';
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
  readonly source: string;
  readonly translated: string;
  /** Its values by the metrics that have one for each image. */
  readonly scores: Readonly<Record<string, number>>;
}

/** The images that are kept of each test image, as far as there are. */
export const IMAGE_PARTS = ['source', 'translated', 'reconstructed', 'truth'] as const;
export type ImagePart = (typeof IMAGE_PARTS)[number];

/** The test images that an evaluation kept; none for one of an older version, and without lines that are damaged. @param dir its folder */
export async function readImageResults(dir: string): Promise<ImageResult[]> {
  const text = await readFile(join(dir, IMAGE_RESULTS_FILE), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => resultIn(line) ?? []);
}

function resultIn(line: string): ImageResult | undefined {
  try {
    const value: unknown = JSON.parse(line, decodeNumber);
    if (!isJsonObject(value) || typeof value['index'] !== 'number' || !isJsonObject(value['scores'])) return undefined;
    const texts = ['direction', 'name', 'source', 'translated'].map((key) => value[key]);
    return texts.every((each) => typeof each === 'string') ? (value as unknown as ImageResult) : undefined;
  } catch {
    return undefined;
  }
}
