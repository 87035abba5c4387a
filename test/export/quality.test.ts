import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { deadLeaves } from '../../src/export/dead-leaves.js';
import { measureQuality, type Quality } from '../../src/export/quality.js';
import { generatorOf, GENERATORS, temporary, write } from './rig.js';

before(() => loadTensorFlow());

const ResNet = GENERATORS['ResNet']!;

test('the quality of an export is the difference of its pixels in 256 levels', () => {
  const generator = generatorOf(ResNet);
  const run = (change: (translation: tf.Tensor) => tf.Tensor) =>
    measureQuality(generator, [1, 16, 16], (image) => change(generator.network.apply(generator.weights, image)));
  assert.deepEqual(run((x) => x), { images: 4, largest: 0, mean: 0 }); // prettier-ignore
  const three = run((x) => tf.add(tf.mul(x, 0.9), 3 / 127.5));
  assert.ok(three.largest > 3 && three.largest <= 3 + 13, `${three.largest}`);
  assert.ok(three.mean > 1 && three.mean < three.largest, `${three.mean}`);
  // Of half of the pixels, 2 levels.
  const half = measureQuality(
    { ...generator, network: { ...generator.network, apply: (_, x) => tf.mul(x, 0) } },
    [1, 16, 16],
    (x) => tf.mul(tf.sub(tf.mod(tf.range(0, x.size).reshape(x.shape), 2), 0), 2 / 127.5),
  );
  assert.deepEqual([half.largest, half.mean], [2, 1]);
});

describe('generator.json says how kernels are stored, and what they lose by it,', () => {
  for (const type of ['tfjs', 'onnx']) {
    test(`for ${type}`, async (t) => {
      const found: (Quality | undefined)[] = [];
      for (const precision of ['float32', 'float16', ...(type === 'tfjs' ? ['uint8'] : [])]) {
        const dir = temporary(t);
        await write({ type, precision }, generatorOf({ ...ResNet, width: 16 }), dir);
        const description = JSON.parse(await readFile(join(dir, 'generator.json'), 'utf8')) as Described;
        assert.equal(description.precision, precision);
        found.push(description.quality);
      }
      const [exact, half, byte] = found;
      assert.equal(exact, undefined);
      assert.ok(half!.mean > 0 && half!.mean < 1 && half!.largest <= 3, JSON.stringify(half));
      if (byte !== undefined)
        assert.ok(byte.mean > 5 * half!.mean && byte.largest > half!.largest, JSON.stringify(byte));
    });
  }
});

interface Described {
  readonly precision: string;
  readonly quality?: Quality;
}

describe('a drawn image', () => {
  test('is the same each time, another for each seed, covered by discs, and in levels', () => {
    assert.deepEqual(deadLeaves(32, 1), deadLeaves(32, 1));
    assert.notDeepEqual(deadLeaves(32, 1), deadLeaves(32, 2));
    const [red, green, blue] = [0, 1, 2].map((c) => deadLeaves(64, 1).filter((_, i) => i % 3 === c));
    const bare = red!.filter((level, i) => level + green![i]! + blue![i]! === 0);
    assert.ok(bare.length < 0.02 * red!.length, `${bare.length} pixels are not covered`);
    assert.ok(deadLeaves(32, 1).every((level) => Number.isInteger(level) && level >= 0 && level <= 255));
  });

  test('has the spectrum of photographs: neighbours are alike, and contrasts fall off slowly with their distance', () => {
    const size = 128;
    const images = [1, 2, 3].map((seed) => deadLeaves(size, seed));
    const contrastAt = (distance: number) => {
      const differences = images.flatMap((image) =>
        Array.from({ length: size * (size - distance) }, (_, i) => {
          const at = (Math.floor(i / (size - distance)) * size + (i % (size - distance))) * 3;
          return Math.abs(image[at]! - image[at + 3 * distance]!);
        }),
      );
      return differences.reduce((sum, each) => sum + each, 0) / differences.length;
    };
    const contrasts = [1, 2, 4, 8, 16].map(contrastAt);
    for (const [i, contrast] of contrasts.slice(1).entries()) {
      const ratio = contrast / contrasts[i]!;
      assert.ok(ratio > 1.02 && ratio < 2, `from ${2 ** i} to ${2 ** (i + 1)} pixels: ${ratio}`);
    }
    // Independent levels would differ by 85 of 256 everywhere.
    assert.ok(contrasts[0]! < 45, `${contrasts[0]}`);
  });
});
