import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow, type TensorFlow } from '../../src/engine/native.js';
import { oneOf } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import { storedWeight } from '../../src/export/stored-weights.js';
import { problemOf } from '../problem-of.js';
import { difference, generatorOf, GENERATORS, temporary, translated, write } from './rig.js';

let tensorFlow: TensorFlow;
before(async () => {
  tensorFlow = await loadTensorFlow();
});

/** As TensorFlow.js's own loader reads it. */
function read({ entry, bytes }: ReturnType<typeof storedWeight>): Float32Array {
  const buffer = Uint8Array.from(bytes).buffer;
  const { w } = tf.io.decodeWeights(buffer, [{ ...entry, name: 'w' } as tf.io.WeightsManifestEntry]);
  return w!.dataSync<'float32'>();
}

const values = Float32Array.from({ length: 600 }, (_, i) => Math.sin(i) * 0.02 + (i === 7 ? 0.3 : 0));
const distances = (found: Float32Array) => found.map((value, i) => Math.abs(value - values[i]!));

describe('a kernel', () => {
  test('of float16 is read by TensorFlow.js within half of its last digit', () => {
    const stored = storedWeight('w', [20, 30], values, 'float16');
    assert.equal(stored.bytes.length, 1200);
    const relative = distances(read(stored)).map((distance, i) => distance / Math.max(Math.abs(values[i]!), 2 ** -14));
    assert.ok(Math.max(...relative) <= 2 ** -11, `${Math.max(...relative)}`);
  });

  test('of uint8 is read within half a level, with its ends exact', () => {
    const stored = storedWeight('w', [20, 30], values, 'uint8');
    assert.equal(stored.bytes.length, 600);
    const found = read(stored);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    assert.ok(Math.max(...distances(found)) <= ((high - low) / 255 / 2) * 1.001);
    assert.ok(Math.abs(found[7]! - high) < 1e-6);
    assert.ok(Math.abs(Math.min(...found) - low) < 1e-6);
  });

  test('of equal values is exact in one byte', () => {
    const same = new Float32Array(600).fill(0.25);
    assert.deepEqual(read(storedWeight('w', [20, 30], same, 'uint8')), same);
  });
});

test('scales, offsets and biases stay as they are', () => {
  for (const precision of ['float16', 'uint8'] as const) {
    assert.deepEqual(read(storedWeight('w', [600], values, precision)), values);
  }
});

describe('a GraphModel', () => {
  const options = { ...GENERATORS['ResNet']!, width: 16 };
  const writeOf = (precision: string, dir: string) => write({ type: 'tfjs', precision }, generatorOf(options), dir);

  for (const [precision, share, most] of [
    ['float16', 0.5, 0.02],
    ['uint8', 0.25, 0.5],
  ] as const) {
    test(`of ${precision} is smaller, and translates nearly the same`, async (t) => {
      const dir = temporary(t);
      const files = await writeOf(precision, dir);
      const shards = files.filter((file) => file.startsWith('group1-'));
      const sizes = await Promise.all(shards.map(async (file) => (await stat(join(dir, file))).size));
      const whole = generatorOf(options).network.weights.reduce((sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b), 0); // prettier-ignore
      const found = sizes.reduce((a, b) => a + b) / whole;
      assert.ok(Math.abs(found - share) < 0.02, `${found}`);
      const model = await tensorFlow.loadGraphModel(`file://${join(dir, 'model.json')}`);
      const image = testImage(oneOf(16), 3);
      const translation = (model.predict(image) as tf.Tensor).dataSync<'float32'>();
      const largest = difference(translation, translated(generatorOf(options), oneOf(16)));
      t.diagnostic(`largest difference ${largest}`);
      assert.ok(largest > 0 && largest < most, `${largest}`);
    });
  }

  test('that loses too much is not published', async (t) => {
    const generator = generatorOf(options);
    // One weight far from the others takes all levels for itself.
    const weights = Object.fromEntries(
      Object.entries(generator.weights).map(([name, weight]) => {
        const one = tf
          .oneHot(tf.tensor1d([0], 'int32'), weight.size)
          .reshape(weight.shape)
          .toFloat();
        return [name, weight.rank < 2 ? weight : tf.add(weight, tf.mul(one, 40))];
      }),
    );
    const problem = await problemOf(
      write({ type: 'tfjs', precision: 'uint8' }, { ...generator, weights }, temporary(t)),
    );
    assert.equal(problem.code, 'export-differs');
    assert.match(problem.cure!, /float16/);
  });
});
