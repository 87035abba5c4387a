import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../../src/engine/graph/compile.js';
import { explainPrecision } from '../../../src/engine/graph/precision.js';
import { randomKey, randomNormal } from '../../../src/engine/random-tensors.js';
import { ProblemError } from '../../../src/support/problem.js';
import { loadForBfloat16 } from './rig.js';

before(() => loadForBfloat16());

type Four = [number, number, number, number];
const noise = (seed: number, shape: Four): Tensor4D => randomNormal<tf.Rank.R4>(shape, randomKey(seed, 0));

const turned = (x: Tensor4D): Tensor4D => tf.reverse(x, [1, 2]);

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
  /** How many products a number of each result is the sum of. */
  const PRODUCTS = { y: 3 * 3 * 8, dx: 3 * 3 * 6, dFilter: 9 * 9 };
  const compiled = (precision: 'float32' | 'bfloat16', given: Inputs) =>
    compile(
      { conv: (_: object, { x, filter, dy }: Inputs) => ({ outputs: conv(x, filter, dy) }) },
      { precision },
    ).functions.conv(given);

  test('multiplies rounded numbers and rounds the product', () => {
    // Each result is one product, so no order of a sum and no precision of its addition decides a bit, on whatever processor.
    const across = (size: number, seed: number) => tf.mul<Tensor4D>(tf.eye(size), noise(seed, [1, 1, size, size]));
    const given = { x: noise(1, [1, 1, 1, 8]), filter: across(8, 2), dy: noise(3, [1, 1, 1, 8]) };
    const found = compiled('bfloat16', given);
    const exact = conv(rounded(given.x), rounded(given.filter), rounded(given.dy));
    for (const name of ['y', 'dx', 'dFilter'] as const) {
      assert.deepEqual(found[name].dataSync(), rounded(exact[name]).dataSync(), name);
      assert.equal(found[name].dtype, 'float32');
    }
  });

  test('adds the products of rounded numbers, and rounds the sum', () => {
    const found = compiled('bfloat16', inputs());
    const { x, filter, dy } = inputs();
    const exact = conv(rounded(x), rounded(filter), rounded(dy));
    for (const name of ['y', 'dx', 'dFilter'] as const) {
      sumOf(PRODUCTS[name], found[name], exact[name]);
      assert.deepEqual(found[name].dataSync(), rounded(found[name]).dataSync(), `${name} has 8 bits of fraction`);
    }
  });

  for (const [what, wrong] of [
    ['other numbers', () => conv(noise(4, [1, 9, 9, 8]), noise(5, [3, 3, 8, 6]), noise(6, [1, 9, 9, 6]))],
    ['what is turned round', ({ x, filter, dy }: Inputs) => conv(turned(x), filter, turned(dy))],
    ['a twentieth less', ({ x, filter, dy }: Inputs) => conv(tf.mul(x, 0.95), filter, tf.mul(dy, 0.95))],
  ] as const) {
    test(`differs from ${what}`, () => {
      const [found, other] = [compiled('bfloat16', inputs()), wrong(inputs())];
      for (const name of ['y', 'dx', 'dFilter'] as const) {
        assert.throws(() => sumOf(PRODUCTS[name], found[name], other[name]), /of its size apart/, name);
      }
    });
  }

  test('differs from float32, which is exact', () => {
    const { x, filter, dy } = inputs();
    const exact = conv(x, filter, dy);
    for (const name of ['y', 'dx', 'dFilter'] as const) {
      near(compiled('float32', inputs())[name], exact[name], 1e-6);
      assert.throws(() => near(compiled('bfloat16', inputs())[name], exact[name], 1e-4), /of its size apart/);
    }
  });

  for (const [what, from, to] of [
    ['reads', 3, 8],
    ['writes', 8, 3],
    ['judges', 8, 1],
  ] as const) {
    // prettier-ignore
    test(`leaves a convolution that ${what} images in float32 (${from} to ${to} channels)`, () => {
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
    sumOf(8, product, tf.matMul(rounded(a), rounded(b)));
    assert.deepEqual(product.dataSync(), rounded(product).dataSync());
  });
});

describe('a processor on which bfloat16 is disabled', () => {
  const refused = new Error(
    'Session fail to run with error: Operation received an exception:Status: 3, message: could not create a primitive descriptor for the convolution forward propagation primitive.',
  );

  test('is a problem with the setting that disables it and a cure', () => {
    const explained = explainPrecision(refused, 'bfloat16', { ONEDNN_MAX_CPU_ISA: 'AVX2' });
    assert.ok(explained instanceof ProblemError);
    const { code, message, cure } = explained.problems[0]!;
    assert.equal(code, 'no-bfloat16');
    assert.match(message, /no convolutions in bfloat16 on this machine with ONEDNN_MAX_CPU_ISA=AVX2\.$/);
    assert.match(
      cure!,
      /^Unset ONEDNN_MAX_CPU_ISA, set TF_ENABLE_ONEDNN_OPTS=0 \(slower\), or use engine\.precision: float32/,
    );
  });

  test('is a problem also without such a setting', () => {
    const { message, cure } = (explainPrecision(refused, 'bfloat16', {}) as ProblemError).problems[0]!;
    assert.match(message, /on this machine\.$/);
    assert.match(cure!, /^Use engine\.precision: float32/);
  });

  test('is not reported for other errors', () => {
    const other = new Error('Session fail to run with error: Status: 1, message: could not create a primitive');
    assert.equal(explainPrecision(other, 'bfloat16', {}), other);
    assert.equal(explainPrecision(refused, 'float32', {}), refused);
  });

  test('still computes, or reports the problem', () => {
    const { stdout } = bfloat16InChild({ ONEDNN_MAX_CPU_ISA: 'AVX2', TF_ENABLE_ONEDNN_OPTS: '1' });
    const { computed, code } = JSON.parse(stdout) as { computed?: number; code?: string };
    assert.ok(computed === 72 || code === 'no-bfloat16', stdout);
  });
});

/** A convolution of ones in a process of its own. */
function bfloat16InChild(env: NodeJS.ProcessEnv) {
  const source = `
    import * as tf from '@tensorflow/tfjs-core';
    import { compile } from ${JSON.stringify(new URL('../../../src/engine/graph/compile.js', import.meta.url).href)};
    import { loadTensorFlow } from ${JSON.stringify(new URL('../../../src/engine/native.js', import.meta.url).href)};
    await loadTensorFlow();
    const f = (_, { x }) => ({ outputs: { y: tf.conv2d(x, tf.ones([3, 3, 8, 8]), 1, 'valid') } });
    try {
      const { y } = compile({ f }, { precision: 'bfloat16' }).functions.f({ x: tf.ones([1, 3, 3, 8]) });
      console.log(JSON.stringify({ computed: y.dataSync()[0] }));
    } catch (error) {
      console.log(JSON.stringify({ code: error.problems?.[0].code, message: error.message }));
    }
  `;
  const cwd = fileURLToPath(new URL('../../../../', import.meta.url));
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], { encoding: 'utf8', cwd, env: { ...process.env, ...env } }); // prettier-ignore
}

/**
 * Whether a tensor is sums of so many products. With AVX-512 BF16 the products are added in float32 and the sum is rounded once. Elsewhere
 * TensorFlow may round after each of n additions, by 2^-8 of the sum at most: errors of either sign, that grow as sqrt(n) 2^-8 (Higham and
 * Mary 2019, doi:10.1137/18M1226312). AVX2 alone gives a third to two thirds of that.
 */
function sumOf(products: number, found: Tensor, exact: Tensor): void {
  near(found, exact, Math.sqrt(products) * 2 ** -8);
}

function near(found: Tensor, expected: Tensor, tolerance: number): void {
  assert.deepEqual(found.shape, expected.shape);
  const [difference, size] = [tf.norm(tf.sub(found, expected)), tf.norm(expected)].map((t) => t.dataSync()[0]!);
  assert.ok(difference! <= tolerance * size!, `${difference! / size!} of its size apart`);
}
