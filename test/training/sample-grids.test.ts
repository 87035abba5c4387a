import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import type { PreparedStore, StoreSplit } from '../../src/data/store/prepared-store.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { cycleGanMethod, type CycleGan } from '../../src/methods/cyclegan.js';
import { builtins } from '../../src/app/builtins.js';
import type { Direction } from '../../src/registry/kinds/export-format.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { SampleGrids } from '../../src/training/sample-grids.js';
import type { Trainer } from '../../src/training/trainer.js';
import { temporary } from '../export/rig.js';
import { config } from '../rig.js';

before(() => loadTensorFlow());

const SIZE = 64;
/** Grey of a split's first image; each next image is lighter by 30. */
const GREY: Readonly<Partial<Record<StoreSplit, number>>> = { sampleA: 10, testA: 20, sampleB: 110, testB: 120 };

const store = {
  count: () => 3,
  read: (split: StoreSplit, index: number) =>
    Promise.resolve({
      width: SIZE,
      height: SIZE,
      data: new Uint8Array(SIZE * SIZE * 3).fill(GREY[split]! + 30 * index),
    }),
} as unknown as PreparedStore;

/** Returns images brighter by 1, 2 and 3, and the discriminators' "real" (1) and "fake" (0); records its calls. */
const trainer = (calls: [Direction, number][]): Trainer => {
  const greyOf = (image: Tensor4D) => Math.round((image.dataSync()[0]! + 1) * 127.5);
  return {
    sample: (direction: Direction, image: Tensor4D) => {
      calls.push([direction, greyOf(image)]);
      const brighter = (by: number) => tf.add<Tensor4D>(image, by / 127.5);
      const scores = (realness: number) => tf.fill<tf.Rank.R4>([1, 2, 2, 1], realness);
      return { translated: brighter(1), reconstructed: brighter(2), identity: brighter(3), discReal: scores(1), discFake: scores(0) }; // prettier-ignore
    },
  } as unknown as Trainer;
};

async function grids(t: TestContext) {
  const [dir, calls, events]: [string, [Direction, number][], unknown[]] = [temporary(t), [], []];
  const defaults = config();
  const method = cycleGanMethod({} as CycleGan);
  const context = { dir, components: builtins(), config: { ...defaults, train: { ...defaults.train, samples: 2 } }, emit: (event: object) => events.push(event) }; // prettier-ignore
  const sampleGrids = await SampleGrids.open(trainer(calls), method, store, context as unknown as StageContext);
  await sampleGrids.sample('epoch-0003', 12);
  sampleGrids.close();
  const file = (direction: Direction) => join(dir, 'samples', `epoch-0003-${direction}.png`);
  return { calls, events, file, AtoB: await cells(file('AtoB')), BtoA: await cells(file('BtoA')) };
}

/** The colour in the middle of each cell of a grid, row by row. */
async function cells(file: string): Promise<number[][][]> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const [cell, gap] = [2 * SIZE, 4];
  const middle = (i: number) => gap + i * (cell + gap) + cell / 2;
  const count = (length: number) => (length - gap) / (cell + gap);
  const pixel = (x: number, y: number) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)];
  return Array.from({ length: count(info.height) }, (_, y) =>
    Array.from({ length: count(info.width) }, (_, x) => pixel(middle(x), middle(y))),
  );
}

const grey = (value: number) => [value, value, value];
const [RED, BLUE] = [
  [103, 0, 31],
  [5, 48, 97],
];
const row = (value: number) => [...[0, 1, 2, 3].map((more) => grey(value + more)), RED, BLUE];

describe('the samples of an epoch', () => {
  test('are a training image and test images, of A from A to B, and of B from B to A', async (t) => {
    const { calls } = await grids(t);
    const expected = { AtoB: [10, 20, 50], BtoA: [110, 120, 150] };
    for (const direction of ['AtoB', 'BtoA'] as const) {
      const greys = calls.filter(([requested]) => requested === direction).map(([, grey]) => grey);
      assert.deepEqual(greys, expected[direction], direction);
    }
  });

  test('have one row per image: the image, translated, reconstructed, identity, its map, the map of the translation', async (t) => {
    const { AtoB, BtoA } = await grids(t);
    assert.deepEqual(AtoB, [row(10), row(20), row(50)]);
    assert.deepEqual(BtoA, [row(110), row(120), row(150)]);
  });

  test('are reported with their step and file', async (t) => {
    const { events, file } = await grids(t);
    assert.deepEqual(events, [
      { kind: 'image', name: 'samples/AtoB', step: 12, file: file('AtoB') },
      { kind: 'image', name: 'samples/BtoA', step: 12, file: file('BtoA') },
    ]);
  });
});
