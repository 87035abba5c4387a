import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import { asReplica } from '../../src/engine/replicas.js';
import { builtins } from '../../src/app/builtins.js';
import { gradientsOf } from '../../src/engine/gradients.js';
import { make } from '../../src/registry/make.js';
import type { Weights } from '../../src/registry/kinds/network.js';
import type { GradientPenalty } from '../../src/registry/kinds/objective.js';
import { patternImages, patternWeights } from '../methods/numerics.js';

before(() => loadTensorFlow());

const { penalty, discriminator } = builtins();
const number = (x: tf.Tensor) => x.dataSync()[0]!;
const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance * Math.abs(expected), `${found} is not ${expected}`);
const SIZE = 16;
const images = (batch = 2) => ({ real: patternImages('x', batch, SIZE), fake: patternImages('y', batch, SIZE) });
const discriminatorOf = (options: object, slope = 0.3) =>
  make(
    discriminator,
    { type: 'patchgan', norm: 'instance', width: 2, layers: 2, slope, ...options },
    { imageSize: SIZE, channels: 3 },
  );
const patchgan = () => discriminatorOf({});
/** All ops that a discriminator may have; a penalty differentiates each twice. */
const DISCRIMINATORS = {
  'the PatchGAN': {},
  'one with layer norms': { norm: 'layer' },
  'one without norms, with biases': { norm: 'none', bias: true },
  'one with spectral normalisation': { norm: 'none', spectral: true },
  'one with two scales': { layers: 1, scales: 2 },
  'one without aliasing': { downsampling: 'antialiased' },
  // Normed, the sum of its linear scores would be the same for all images.
  'a PixelGAN without norms': { type: 'pixelgan', norm: 'none', bias: true },
} as const;

/** The images at which a penalty takes the gradient. */
function seenBy(one: GradientPenalty, batch = images(), key = randomKey(3, 4)): Tensor4D {
  let seen: Tensor4D | undefined;
  one.of((x) => (seen = tf.keep(tf.clone(x))), batch, key);
  return seen!;
}

for (const name of penalty.names()) {
  describe(`penalty.${name}`, () => {
    const one = make(penalty, { type: name }, undefined);

    for (const [which, options] of Object.entries(DISCRIMINATORS))
      test(`has the gradient that finite differences of it have, with ${which}`, () => {
        // Without the kinks of its activations, at which the gradient by the images jumps; the norms are still curved.
        const D = discriminatorOf(options, 1);
        const all = patternWeights(D, 'D', 0.4);
        // The gradient by the images does not depend on all that is added on the way.
        const weights = Object.fromEntries(Object.entries(all).filter(([key]) => /\/(kernel|scale)$/.test(key)));
        const scores = (own: Weights, x: Tensor4D) => {
          const maps = D.maps?.({ ...all, ...own }, x) ?? [D.apply({ ...all, ...own }, x)];
          return tf.concat<Tensor4D>(maps.map((map) => tf.reshape(map, [x.shape[0], -1, 1, 1])), 1); // prettier-ignore
        };
        const value = (own: Weights) => one.of((x) => scores(own, x), images(), randomKey(3, 4));
        const { gradients } = gradientsOf({ D: weights }, () => ({ loss: value(weights), extra: {} }));
        const along = tf.sqrt(tf.addN(Object.values(gradients.D).map((each) => tf.sum(tf.square(each)))));
        const length = number(along);
        assert.ok(length > 0);
        // A step along the gradient changes the value by its length. float32 has 7 digits, so the step is not tiny.
        const at = (distance: number) => {
          const moved = Object.entries(weights).map(([key, weight]) => {
            return [key, tf.add(weight, tf.mul(gradients.D[key]!, distance / length))] as const;
          });
          return number(value(Object.fromEntries(moved)));
        };
        near((at(1e-3) - at(-1e-3)) / 2e-3, length, 0.01);
      });

    test('is the mean over the images of a batch, of which each has its own penalty', () => {
      const D = patchgan();
      const weights = patternWeights(D, 'D', 0.4);
      const batch = images();
      const key = randomKey(3, 4);
      const together = number(one.of((x) => D.apply(weights, x), batch, key));
      const each = [0, 1].map((index) => {
        const row = (x: Tensor4D) => tf.slice4d(x, [index, 0, 0, 0], [1, -1, -1, -1]);
        const part = { real: row(batch.real), fake: row(batch.fake) };
        return asReplica({ index, count: 2, batch: 1 }, () => number(one.of((x) => D.apply(weights, x), part, key)));
      });
      near((each[0]! + each[1]!) / 2, together, 1e-5);
    });

    test('leaves no tensor behind but its value', () => {
      const [D, batch, key] = [patchgan(), images(), randomKey(3, 4)];
      const weights = patternWeights(D, 'D', 0.4);
      const { numTensors } = tf.memory();
      tf.tidy(() => one.of((x) => D.apply(weights, x), batch, key));
      assert.equal(tf.memory().numTensors, numTensors + 1);
    });
  });
}

/** A critic whose gradient is the same everywhere: w at each of the n numbers of an image, so that its norm is w sqrt(n). */
const n = SIZE * SIZE * 3;
const linear = (w: Scalar) => (x: Tensor4D) => tf.mul<Tensor4D>(x, w);

test('wgan-gp and dragan are the squared distance of the norm from the target, r1 is the squared norm', () => {
  const valueOf = (reference: object, w: number) =>
    number(make(penalty, reference as never, undefined).of(linear(tf.scalar(w)), images(), randomKey(1, 1)));
  for (const type of ['wgan-gp', 'dragan']) {
    near(valueOf({ type }, 0.5), (0.5 * Math.sqrt(n) - 1) ** 2, 1e-5);
    near(valueOf({ type, target: 3 }, 0.5), (0.5 * Math.sqrt(n) - 3) ** 2, 1e-5);
  }
  near(valueOf({ type: 'r1' }, 0.5), 0.25 * n, 1e-5);
});

test('weights are 10 as in their sources, of r1 half of gamma', () => {
  const weightOf = (reference: object) => make(penalty, reference as never, undefined).weight;
  assert.equal(weightOf({ type: 'wgan-gp' }), 10);
  assert.equal(weightOf({ type: 'dragan', weight: 3 }), 3);
  assert.equal(weightOf({ type: 'r1' }), 5);
  assert.equal(weightOf({ type: 'r1', gamma: 1 }), 0.5);
});

test('a gradient of nought has a finite penalty with a finite gradient', () => {
  for (const name of penalty.names()) {
    const one = make(penalty, { type: name }, undefined);
    const value = (w: tf.Tensor) => one.of(linear(w as Scalar), images(), randomKey(1, 1));
    assert.ok(Number.isFinite(number(value(tf.scalar(0)))), name);
    assert.ok(Number.isFinite(number(tf.grad(value)(tf.scalar(0)))), name);
  }
});

test('wgan-gp looks at one place of each image’s way from the real image to the translation', () => {
  const [real, fake] = [tf.fill<tf.Rank.R4>([3, 4, 4, 3], 1), tf.fill<tf.Rank.R4>([3, 4, 4, 3], 3)];
  const one = make(penalty, 'wgan-gp', undefined);
  const places = seenBy(one, { real, fake });
  const each = [0, 1, 2].map((i) => places.slice([i], [1]).dataSync());
  for (const pixels of each) {
    assert.ok(pixels.every((pixel) => pixel === pixels[0] && pixel >= 1 && pixel <= 3));
  }
  assert.equal(new Set(each.map(([pixel]) => pixel)).size, 3, 'each image has a place of its own');
  assert.notDeepEqual(seenBy(one, { real, fake }, randomKey(3, 5)).arraySync(), places.arraySync());
});

test('dragan looks near the real image, within half of its standard deviation', () => {
  const batch = { real: patternImages('x', 2, SIZE), fake: tf.fill<tf.Rank.R4>([2, SIZE, SIZE, 3], NaN) };
  const seen = seenBy(make(penalty, 'dragan', undefined), batch);
  const away = tf.sub(seen, batch.real);
  const deviation = tf.sqrt(tf.moments(batch.real, [1, 2, 3], true).variance);
  const share = tf.div(away, deviation).dataSync();
  assert.ok(share.every((each) => each >= -1e-5 && each < 0.5));
  assert.ok(new Set(share).size > 100, 'each pixel has noise of its own');
});

test('r1 looks at the real images, and draws nothing', () => {
  const { real, fake } = images();
  assert.deepEqual(seenBy(make(penalty, 'r1', undefined), { real, fake }).arraySync(), real.arraySync());
});
