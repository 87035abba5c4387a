import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal, randomUniform } from '../../src/engine/random-tensors.js';
import { augment, augmented, type Augmentation } from '../../src/models/diff-augment.js';
import type { Network } from '../../src/registry/kinds/network.js';

before(() => loadTensorFlow());

const [SIDE, BATCH] = [16, 40];
/** No pixel is 0, which is what is moved in and cut out. */
const images = (channels = 3, batch = BATCH) => tf.add<Tensor4D>(randomUniform<tf.Rank.R4>([batch, SIDE, SIDE, channels], randomKey(1, 0)), 0.5); // prettier-ignore
const run = (x: Tensor4D, ...what: Augmentation[]) => augment(x, what, [3], randomKey(5, 7));

describe('DiffAugment', () => {
  test('moves each image by up to an eighth of its side, in each direction, with 0 where nothing moves in', () => {
    const x = images();
    const [before, after] = [x, run(x, 'translation')].map((tensor) => tensor.arraySync());
    const moves = new Set<string>();
    const offsets = [-2, -1, 0, 1, 2];
    after!.forEach((image, b) => {
      const pixel = (y: number, x: number) => before![b]![y]?.[x] ?? [0, 0, 0];
      const equals = (dy: number, dx: number) => image.every((row, y) => row.every((found, x) => found.every((value, c) => Math.abs(value - pixel(y + dy, x + dx)[c]!) < 1e-6))); // prettier-ignore
      const fitting = offsets.flatMap((dy) => offsets.filter((dx) => equals(dy, dx)).map((dx) => `${dy} ${dx}`));
      assert.equal(fitting.length, 1, `image ${b} is moved by ${fitting.join(' or ')}`);
      moves.add(fitting[0]!);
    });
    assert.ok(moves.size > 10, `images are moved in ${moves.size} ways`);
    for (const offset of offsets) {
      assert.ok([...moves].some((move) => move.startsWith(`${offset} `)) && [...moves].some((move) => move.endsWith(` ${offset}`))); // prettier-ignore
    }
  });

  test('cuts out a rectangle of half the sides, or the part of it that is inside', () => {
    const x = images();
    const cut = tf.equal(run(x, 'cutout'), 0).arraySync() as unknown as number[][][][];
    const heights = cut.map((image) => {
      const rows = image.flatMap((row, y) => (row.some(([red]) => red === 1) ? [y] : []));
      const columns = image[rows[0]!]!.flatMap(([red], x) => (red === 1 ? [x] : []));
      const area = image.flat(2).filter((value) => value === 1).length / 3;
      assert.equal(area, rows.length * columns.length, 'it is a rectangle');
      assert.equal(rows.at(-1)! - rows[0]! + 1, rows.length);
      for (const side of [rows.length, columns.length]) assert.ok(side >= SIDE / 4 && side <= SIDE / 2, `${side}`);
      return rows.length;
    });
    assert.ok(heights.includes(SIDE / 2) && new Set(heights).size > 2);
    const kept = tf.notEqual(run(x, 'cutout'), 0).toFloat();
    close(tf.mul(x, kept), run(x, 'cutout'));
  });

  test('changes brightness by up to 0.5, saturation up to twice and contrast by half', () => {
    const x = images();
    const y = run(x, 'color');
    // Differences of channels from the grey are scaled by saturation times contrast, the greys among themselves by contrast alone.
    const grey = (t: Tensor) => tf.mean(t, 3, true);
    const mean = (t: Tensor) => tf.mean(t, [1, 2, 3], true);
    const ratio = (a: Tensor, b: Tensor) => tf.div(tf.sum(tf.mul(a, b), [1, 2, 3]), tf.sum(tf.square(b), [1, 2, 3])).dataSync(); // prettier-ignore
    const contrast = ratio(tf.sub(grey(y), mean(y)), tf.sub(grey(x), mean(x)));
    const saturation = ratio(tf.sub(y, grey(y)), tf.sub(x, grey(x))).map((value, i) => value / contrast[i]!);
    const brightness = tf.sub(mean(y), mean(x)).dataSync();
    for (const [values, low, high] of [
      [contrast, 0.5, 1.5],
      [saturation, 0, 2],
      [brightness, -0.5, 0.5],
    ] as const) {
      const [least, most] = [Math.min(...values), Math.max(...values)];
      assert.ok(least >= low - 1e-4 && most <= high + 1e-4, `${least} to ${most}`);
      assert.ok(most - least > 0.8 * (high - low), `${least} to ${most}: they are spread`);
    }
  });

  test('treats images beside each other alike', () => {
    const x = images();
    const all: Augmentation[] = ['color', 'translation', 'cutout'];
    const [a, b] = tf.split(augment(tf.concat([x, x], 3), all, [3, 3], randomKey(5, 7)), 2, 3);
    close(a!, b!);
    close(a!, run(x, ...all));
  });

  test('is linear in translation and cutout, with the gradient of that, and can be differentiated twice', () => {
    const [x, y] = [images(3, 2), randomNormal<tf.Rank.R4>([2, SIDE, SIDE, 3], randomKey(2, 0))];
    const f = (x: Tensor) => run(x as Tensor4D, 'translation', 'cutout');
    const dx = tf.grad((x: Tensor) => tf.sum(tf.mul(f(x), y)))(x);
    const [left, right] = [tf.mul(f(x), y), tf.mul(x, dx)].map((z) => tf.sum(z).dataSync()[0]!);
    assert.ok(Math.abs(left! - right!) < 1e-3, `${left} and ${right}`);
    const slope = (x: Tensor) => tf.grad((x: Tensor) => tf.sum(tf.square(f(x))))(x);
    close(tf.grad((x: Tensor) => tf.sum(tf.mul(slope(x), y)))(x), slope(y));
  });
});

test('a discriminator sees augmented images only where it has a key', () => {
  const seen: Tensor4D[] = [];
  const network: Network = { weights: [], apply: (_, x) => (seen.push(x), x) };
  const x = images();
  const wrapped = augmented(network, ['color'], [3]);
  wrapped.apply({}, x);
  wrapped.apply({}, x, randomKey(1, 2));
  assert.equal(seen[0], x);
  assert.ok(tf.max(tf.abs(tf.sub(seen[1]!, x))).dataSync()[0]! > 0.1);
  assert.equal(augmented(network, [], [3]), network);
});

function close(a: Tensor, b: Tensor): void {
  assert.deepEqual(a.shape, b.shape);
  const difference = tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]!;
  assert.ok(difference < 1e-4, `they differ by ${difference}`);
}
