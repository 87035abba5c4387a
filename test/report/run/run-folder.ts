import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { keyedRandom } from '../../../src/support/keyed-random.js';
import type { JsonObject } from '../../../src/support/json.js';
import { writeRun } from '../../comparison/run-folders.js';

/** How much a run's folder of a test holds. */
export interface Amounts {
  /** Steps of the training, each with a point of each curve. */
  readonly steps?: number;
  /** Test images of each direction. */
  readonly images?: number;
  readonly imageSize?: number;
  readonly metrics?: JsonObject;
  /** Other outputs of the evaluation. */
  readonly evaluated?: JsonObject;
  readonly curves?: readonly string[];
  /** Whether the images have nearest training images, with files of the first eight. */
  readonly neighbours?: boolean;
  /** Other outputs of the training. */
  readonly trained?: JsonObject;
}

export const CURVES = ['loss/G/total', 'loss/F/total', 'loss/D_X/total', 'loss/D_Y/total', 'loss/cycle/forward'];

export const METRICS: JsonObject = Object.fromEntries(
  ['AtoB', 'BtoA'].map((direction) => [
    direction,
    {
      'kd-toy': { value: 0.021, interval: [0.018, 0.025], unchanged: 0.061, real: 0.004, better: 'lower', count: 20 },
      'cycle-error': { value: 0.1, better: 'lower', count: 20 },
    },
  ]),
);

const VALIDATED: JsonObject = { AtoB: { psnr: { value: 17, better: 'higher' } } };

/** Writes the folder of a finished run with curves, samples and test images, as the pipeline would leave it. @returns the folder */
export async function writeWholeRun(runsRoot: string, name: string, amounts: Amounts = {}): Promise<string> {
  const {
    steps = 40,
    images = 4,
    imageSize = 16,
    metrics = METRICS,
    curves = CURVES,
    trained = {},
    evaluated = {},
    neighbours = false,
  } = amounts;
  const dir = await writeRun(runsRoot, name, {
    metrics,
    evaluated,
    // As a training with validation images leaves them.
    trained: { step: steps, epochs: 2, metrics: { validate: VALIDATED }, ...trained },
    config: { dataset: { image_size: imageSize } },
    images: await writeImages(join(runsRoot, name, 'evaluate'), images, imageSize, neighbours),
  });
  await mkdir(join(dir, 'train', 'samples'), { recursive: true });
  const samples = await Promise.all(
    [0, 1, 2].flatMap((epoch) =>
      ['AtoB', 'BtoA'].map(async (direction) => {
        const file = `train/samples/epoch-${epoch}-${direction}.png`;
        await writeFile(join(dir, file), await png(300, 200, [epoch * 80, 120, 60]));
        return line('image', `samples/${direction}`, epoch * (steps / 2), file);
      }),
    ),
  );
  const random = keyedRandom('journal', name);
  const points = Array.from({ length: steps }, (_, step) =>
    curves.map((curve, i) =>
      line('metric', curve, step + 1, 5 * Math.exp((-3 * step) / steps) + i + random.between(-0.4, 0.4)),
    ),
  ).flat();
  const epochs = [1, 2].map((epoch) => line('metric', 'time/epoch-seconds', (epoch * steps) / 2, 12 + epoch));
  await writeFile(join(dir, 'journal.jsonl'), [...samples, ...points, ...epochs].join(''));
  return dir;
}

function line(kind: string, name: string, step: number, value: number | string): string {
  return `${JSON.stringify({ kind, name, step, time: 1_700_000_000_000 + step, value, stage: 'train' })}\n`;
}

async function writeImages(dir: string, count: number, size: number, neighbours: boolean): Promise<JsonObject[]> {
  const lines: JsonObject[] = [];
  for (const direction of ['AtoB', 'BtoA']) {
    await mkdir(join(dir, 'images', direction), { recursive: true });
    for (let index = 0; index < count; index++) {
      const file = (part: string) => `images/${direction}/${String(index).padStart(4, '0')}-${part}.png`;
      for (const [part, shift] of [
        ['source', 0],
        ['translated', 90],
        ['reconstructed', 20],
      ] as const) {
        await writeFile(join(dir, file(part)), await pattern(size, index, shift));
      }
      lines.push({
        ...{ direction, index, name: `test${direction[0]}/${index}.png` },
        ...{ source: file('source'), translated: file('translated'), reconstructed: file('reconstructed') },
        scores: { 'cycle-error': ((index * 37) % 101) / 100, ...(neighbours && { 'nn-toy': (20 - index) / 100 }) },
        ...(neighbours && { nearest: { 'nn-toy': await nearestOf(dir, direction, index, size) } }),
      });
    }
  }
  return lines;
}

async function nearestOf(dir: string, direction: string, index: number, size: number): Promise<JsonObject> {
  const split = direction === 'AtoB' ? 'trainB' : 'trainA';
  const [name, file] = [`${split}/neighbour-${index}.png`, `images/${direction}/${split}-${index}.png`];
  if (index >= 8) return { name };
  await writeFile(join(dir, file), await pattern(size, index + 1, 90));
  return { name, file };
}

function png(width: number, height: number, background: readonly number[]): Promise<Buffer> {
  const [r, g, b] = background as [number, number, number];
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

/** Waves with some noise, so that an encoder has something to do. */
function pattern(size: number, index: number, shift: number): Promise<Buffer> {
  const random = keyedRandom('pattern', index);
  const data = Uint8Array.from({ length: size * size * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % size, Math.floor(at / 3 / size)];
    const wave = 60 * Math.sin((x * (1 + (index % 5)) + y) / 6 + (at % 3)) + shift;
    return Math.max(0, Math.min(255, 90 + wave + random.between(-12, 12)));
  });
  return sharp(data, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
}
