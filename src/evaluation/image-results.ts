import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { PreparedStore } from '../data/store/prepared-store.js';
import { imageOf } from '../inference/tensor-image.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { TranslatedBatch } from '../registry/kinds/metric.js';
import type { StageContext } from '../registry/kinds/stage.js';
import { writeFileAtomic } from '../support/files.js';
import { encodeNumber } from '../support/numbers.js';
import { DEFAULT_IMAGES } from './evaluate-section.js';
import type { RgbImage } from '../inference/image-grid.js';
import { trainingImage, type EvaluationImage, type TrainingSplit } from './evaluation-images.js';
import { IMAGE_PARTS, IMAGE_RESULTS_FILE, type ImagePart, type ImageResult } from './image-results-file.js';

/** The folder of their images. */
const IMAGES = 'images';
/** Translations of each direction whose nearest training image is kept beside them: more than the report shows, for those who look further. */
const CLOSEST = 12;

/**
 * Writes the first `evaluate.images` test images of each direction as single PNGs, with their scores, for reports and comparisons of runs.
 * One image is in memory at a time. The list is written last, so it names no image that is missing.
 */
export class ImageResults {
  readonly #results: ImageResult[] = [];

  private constructor(
    private readonly dir: string,
    private readonly limit: number,
    private readonly names: ReadonlyMap<string, string>,
  ) {}

  /** Removes what an earlier attempt has left. */
  static async start({ dir, config }: StageContext, store: PreparedStore): Promise<ImageResults> {
    const { images = DEFAULT_IMAGES } = config.evaluate;
    for (const name of [IMAGE_RESULTS_FILE, IMAGES]) await rm(join(dir, name), { recursive: true, force: true });
    return new ImageResults(dir, images, images > 0 ? await testNames(store) : new Map());
  }

  /** @param index its position among the images of the direction @param batch of one image */
  async add(direction: Direction, index: number, image: EvaluationImage, batch: TranslatedBatch): Promise<void> {
    if (index >= this.limit) return;
    await mkdir(join(this.dir, IMAGES, direction), { recursive: true });
    const files: Partial<Record<ImagePart, string>> = {};
    for (const part of IMAGE_PARTS) {
      if (batch[part] === undefined) continue;
      const file = `${IMAGES}/${direction}/${String(index).padStart(4, '0')}-${part}.png`;
      await writePng(imageOf(batch[part]), join(this.dir, file));
      files[part] = file;
    }
    const { source, translated, ...others } = files;
    const name = this.names.get(keyOf(image)) ?? `${image.split}/${image.index}`;
    this.#results.push({
      direction,
      index,
      name,
      source: source!,
      translated: translated!,
      ...others,
      scores: {},
    });
  }

  /** @param values for each metric, those of the direction's images in order */
  score(direction: Direction, values: Readonly<Record<string, readonly number[]>>): void {
    this.#results.forEach((result, at) => {
      if (result.direction !== direction) return;
      const scored = Object.entries(values).filter(([, all]) => all[result.index] !== undefined);
      this.#results[at] = {
        ...result,
        scores: Object.fromEntries(scored.map(([name, all]) => [name, all[result.index]!])),
      };
    });
  }

  /**
   * Adds to each translation its nearest training image, with a file for the closest ones.
   *
   * @param values the distances @param neighbours positions of training images, by the same names
   */
  async addNeighbours(
    direction: Direction,
    values: Readonly<Record<string, readonly number[]>>,
    neighbours: Readonly<Record<string, readonly number[]>>,
    store: PreparedStore,
  ): Promise<void> {
    const split = direction === 'AtoB' ? 'trainB' : 'trainA';
    for (const [score, positions] of Object.entries(neighbours)) {
      const own = this.#results.filter((result) => result.direction === direction && result.index < positions.length);
      if (own.length === 0) continue;
      const names = await trainingNames(store, split, new Set(positions));
      const closest = new Set([...own].sort((a, b) => values[score]![a.index]! - values[score]![b.index]!).slice(0, CLOSEST)); // prettier-ignore
      for (const result of own) {
        const position = positions[result.index]!;
        const file = closest.has(result) ? await this.keepTraining(direction, store, split, position) : undefined;
        const name = names.get(position) ?? `${split}/${position}`;
        const nearest = { ...result.nearest, [score]: { name, ...(file !== undefined && { file }) } };
        this.#results[this.#results.indexOf(result)] = { ...result, nearest };
      }
    }
  }

  private async keepTraining(
    direction: Direction,
    store: PreparedStore,
    split: TrainingSplit,
    position: number,
  ): Promise<string> {
    const file = `${IMAGES}/${direction}/${split}-${position}.png`;
    const image = await trainingImage(store, split, position);
    try {
      await writePng(imageOf(image), join(this.dir, file));
    } finally {
      image.dispose();
    }
    return file;
  }

  /**
   * @returns the file to seal. The images themselves are not sealed: thousands of them would make `stage.json` slow to read, and
   * someone who deletes them to save space need not evaluate again.
   */
  async finish(): Promise<string[]> {
    if (this.#results.length === 0) return [];
    const lines = this.#results.map((result) => `${JSON.stringify(result, encodeNumber)}\n`);
    await writeFileAtomic(join(this.dir, IMAGE_RESULTS_FILE), lines);
    return [IMAGE_RESULTS_FILE];
  }
}

async function writePng({ data, width, height }: RgbImage, file: string): Promise<void> {
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  // Photographs take most of an evaluation's disk space: filtering makes them 25% smaller.
  await image.png({ adaptiveFiltering: true, compressionLevel: 6 }).toFile(file);
}

async function trainingNames(
  store: PreparedStore,
  split: TrainingSplit,
  positions: ReadonlySet<number>,
): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  for await (const image of store.images()) {
    if ('index' in image && image.split === split && positions.has(image.index)) names.set(image.index, image.name);
  }
  return names;
}

async function testNames(store: PreparedStore): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for await (const image of store.images()) {
    if ('index' in image && image.split.startsWith('test')) names.set(keyOf(image), image.name);
  }
  return names;
}

function keyOf({ split, index }: { readonly split: string; readonly index: number }): string {
  return `${split} ${index}`;
}
