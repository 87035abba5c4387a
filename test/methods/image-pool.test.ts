import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomUniform } from '../../src/engine/random-tensors.js';
import { emptyPool, exchange, type ImagePool } from '../../src/methods/image-pool.js';

before(() => loadTensorFlow());

/** An image of one pixel that says which it is. */
const numbered = (...numbers: number[]): Tensor4D => tf.tensor4d(numbers, [numbers.length, 1, 1, 1]);
const numbersOf = (images: Tensor4D): number[] => Array.from(images.dataSync());

/** util/image_pool.py of the CycleGAN paper's code, with the draws given: p of random.uniform(0, 1), and the place of random.randint. */
class OriginalPool {
  readonly images: number[] = [];

  constructor(readonly size: number) {}

  query(image: number, p: number, place: number): number {
    if (this.images.length < this.size) {
      this.images.push(image);
      return image;
    }
    if (p <= 0.5) return image;
    const stored = this.images[place]!;
    this.images[place] = image;
    return stored;
  }
}

function drawsOf(batch: number, step: number): number[][] {
  const draws = randomUniform<tf.Rank.R2>([batch, 2], randomKey(7, step));
  const values = draws.arraySync();
  draws.dispose();
  return values;
}

describe('an image pool', () => {
  for (const [size, batch] of [
    [50, 1],
    [7, 3],
    [1, 2],
  ] as const) {
    test(`of ${size} images, ${batch} at a time, does as the paper's code with the same draws, 10,000 times`, () => {
      const original = new OriginalPool(size);
      const { functions, dispose } = traced(size, batch);
      const swaps = { swapped: 0, kept: 0 };
      for (let step = 0; step * batch < 10_000; step++) {
        const images = Array.from({ length: batch }, (_, i) => step * batch + i + 1);
        const filled = original.images.length === size;
        const expected = images.map((image, i) => {
          const [p, which] = drawsOf(batch, step)[i]!;
          return original.query(image, p!, Math.floor(which! * size));
        });
        const [fakes, key] = [numbered(...images), randomKey(7, step)];
        const { shown } = functions.exchange({ fakes, key });
        assert.deepEqual(numbersOf(shown), expected, `step ${step}`);
        if (filled) for (const [i, image] of images.entries()) swaps[expected[i] === image ? 'kept' : 'swapped']++;
        tf.dispose([shown, fakes, key]);
      }
      const all = swaps.swapped + swaps.kept;
      assert.ok(Math.abs(swaps.swapped / all - 0.5) < 0.03, `${swaps.swapped} of ${all} came from the pool`);
      dispose();
    });
  }

  test('op by op gives what the graph gives, and leaves no tensor but the result behind', () => {
    const { functions, dispose } = traced(3, 2);
    let pool: ImagePool = emptyPool(3, [1, 1, 1]);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 40; step++) {
      const [fakes, key] = [numbered(2 * step + 1, 2 * step + 2), randomKey(7, step)];
      const now = exchange(pool, fakes, key);
      const { shown } = functions.exchange({ fakes, key });
      assert.deepEqual(numbersOf(now.shown), numbersOf(shown));
      tf.dispose([pool, now.shown, shown, fakes, key] as never);
      pool = now.pool;
      assert.equal(tf.memory().numTensors, before);
    }
    dispose();
  });

  test('stores images whole and shows them whole', () => {
    const image = (value: number) => tf.tensor4d([value, -value, 0.5, value, 1, 0, 0, value, -1, 0.25, value, 0], [1, 2, 2, 3]); // prettier-ignore
    let pool = emptyPool(1, [2, 2, 3]);
    for (let step = 0; step < 20; step++) {
      const { shown, pool: next } = exchange(pool, image(step), randomKey(3, step));
      const which = shown.dataSync()[0]!;
      assert.deepEqual(numbersOf(shown), numbersOf(image(which)));
      pool = next;
    }
  });
});

function traced(size: number, batch: number) {
  const program = compile(
    {
      exchange: (pool: ImagePool, { fakes, key }: { readonly fakes: Tensor4D; readonly key: tf.Tensor1D }) => {
        const { shown, pool: next } = exchange(pool, fakes, key);
        return { outputs: { shown }, variables: next };
      },
    },
    {
      variables: () => emptyPool(size, [1, 1, 1]),
      inputs: { exchange: { fakes: { shape: [batch, 1, 1, 1] }, key: { shape: [2], dtype: 'int32' } } },
    },
  );
  return { functions: program.functions, dispose: () => program.dispose() };
}
