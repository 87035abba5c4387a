import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { randomKey, randomNormal } from '../../../src/engine/random.js';

before(() => loadTensorFlow());

type Four = [number, number, number, number];
const noise = (seed: number, shape: Four): Tensor4D => randomNormal<tf.Rank.R4>(shape, randomKey(seed, 0));

/** To the nearest number with 8 bits of fraction, ties to even: what a cast to bfloat16 and back leaves. */
function rounded<T extends Tensor>(x: T): T {
  const bits = new Uint32Array(x.dataSync<'float32'>().slice().buffer);
  const narrow = bits.map((b) => ((b + 0x7fff + ((b >>> 16) & 1)) & 0xffff0000) >>> 0);
  return tf.tensor(new Float32Array(narrow.buffer), x.shape) as T;
}

/** A convolution and its two gradients, given what comes back from the result. */
const conv = (x: Tensor4D, filter: Tensor4D, dy: Tensor4D) => {
  const [dx, dFilter] = tf.grads((x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, 1, 'same'))(
    [x, filter],
    dy,
  );
  return { y: tf.conv2d(x, filter, 1, 'same'), dx: dx!, dFilter: dFilter! };
};

describe('precision: bfloat16', () => {
  const inputs = () => ({ x: noise(1, [1, 9, 9, 8]), filter: noise(2, [3, 3, 8, 6]), dy: noise(3, [1, 9, 9, 6]) });
  type Inputs = ReturnType<typeof inputs>;
  const compiled = (precision: 'float32' | 'bfloat16', given: Inputs) =>
    compile(
      { conv: (_: object, { x, filter, dy }: Inputs) => ({ outputs: conv(x, filter, dy) }) },
      { precision },
    ).functions.conv(given);

  test('multiplies in bfloat16: as eager code on rounded numbers, with a rounded result', () => {
    const found = compiled('bfloat16', inputs());
    const { x, filter, dy } = inputs();
    const exact = conv(rounded(x), rounded(filter), rounded(dy));
    // The order of the sum decides the last of 8 bits here and there, so at most one unit of it: 2^-7 of the value.
    for (const name of ['y', 'dx', 'dFilter'] as const) {
      const [a, b] = [found[name].dataSync(), rounded(exact[name]).dataSync()];
      a.forEach((value, i) => assert.ok(Math.abs(value - b[i]!) <= Math.abs(b[i]!) / 128 + 1e-6, `${name}[${i}]`));
      assert.deepEqual(a, rounded(found[name]).dataSync(), `${name} has 8 bits of fraction`);
      assert.equal(found[name].dtype, 'float32');
    }
  });

  test('differs from float32, which is exact', () => {
    const { x, filter, dy } = inputs();
    const exact = conv(x, filter, dy);
    for (const name of ['y', 'dx', 'dFilter'] as const) {
      near(compiled('float32', inputs())[name], exact[name], 1e-6);
      assert.throws(() => near(compiled('bfloat16', inputs())[name], exact[name], 1e-4));
    }
  });

  for (const [what, from, to] of [
    ['reads', 3, 8],
    ['writes', 8, 3],
    ['judges', 8, 1],
  ] as const) {
    // prettier-ignore
    test(`leaves a convolution that ${what} pictures in float32 (${from} to ${to} channels)`, () => {
      const given = { x: noise(1, [1, 9, 9, from]), filter: noise(2, [3, 3, from, to]), dy: noise(3, [1, 9, 9, to]) };
      const [found, exact] = [compiled('bfloat16', given), conv(given.x, given.filter, given.dy)];
      for (const name of ['y', 'dx', 'dFilter'] as const) near(found[name], exact[name], 1e-6);
    });
  }

  test('multiplies matrices in bfloat16, and adds in float32', () => {
    const [a, b] = [randomNormal([8, 8], randomKey(1, 0)), randomNormal([8, 8], randomKey(2, 0))];
    const f = (_: object, { a, b }: Record<'a' | 'b', Tensor>) => ({
      outputs: { product: tf.matMul(a, b), sum: tf.add(a, b) },
    });
    const { product, sum } = compile({ f }, { precision: 'bfloat16' }).functions.f({ a, b });
    assert.deepEqual(sum.dataSync(), tf.add(a, b).dataSync());
    near(product, rounded(tf.matMul(rounded(a), rounded(b))), 1e-2);
    assert.deepEqual(product.dataSync(), rounded(product).dataSync());
  });
});

function near(found: Tensor, expected: Tensor, tolerance: number): void {
  assert.deepEqual(found.shape, expected.shape);
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  assert.ok(difference! <= tolerance * size!, `${difference! / size!} of its size apart`);
}
