import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { initialWeights } from '../../src/engine/initialize.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey, randomNormal } from '../../src/engine/random-tensors.js';
import { patchgan } from '../../src/models/patchgan.js';
import { resnet } from '../../src/models/resnet.js';
import { unet } from '../../src/models/unet.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { defaults } from './defaults.js';

const UNET = defaults(unet.schema) as unknown as Parameters<typeof unet.create>[0];
const RESNET = defaults(resnet.schema) as unknown as Parameters<typeof resnet.create>[0];
const PATCHGAN = defaults(patchgan.schema) as unknown as Parameters<typeof patchgan.create>[0];
const ANTIALIASED = { downsampling: 'antialiased', upsampling: 'antialiased' } as const;
const at = (imageSize: number) => ({ imageSize, channels: 3 });
const facts = (imageSize: number) => ({ imageSize, epochs: 1, pairing: 'unpaired' as const });

describe('at the default width, as in the paper and the tutorial,', () => {
  test('the U-Net has 54,414,979 parameters', () => {
    assert.equal(parameters(unet.create(UNET, at(256))), 54_414_979);
  });
  test('the ResNet with 9 blocks has 11,383,427 parameters', () => {
    assert.equal(parameters(resnet.create(RESNET, at(256))), 11_383_427);
  });
  test('the PatchGAN has 2,765,569 parameters', () => {
    assert.equal(parameters(patchgan.create(PATCHGAN, at(256))), 2_765_569);
  });
  test('only the last layers have a bias', () => {
    const biases = [unet.create(UNET, at(64)), resnet.create(RESNET, at(64)), patchgan.create(PATCHGAN, at(64))].map(
      ({ weights }) => weights.filter(({ name }) => name.endsWith('/bias')).map(({ name }) => name),
    );
    assert.deepEqual(biases, [['last/bias'], ['last/bias'], ['logits/bias']]);
  });
});

describe('with auto, which depends on the image size,', () => {
  test('a U-Net goes down to one pixel, at most 8 times', () => {
    const depth = (size: number) => unet.resolve!(UNET, facts(size))['depth'];
    assert.deepEqual([32, 64, 256, 512].map(depth), [5, 6, 8, 8]);
  });
  test('a ResNet has 6 blocks up to 128 pixels and 9 above', () => {
    const blocks = (size: number) => resnet.resolve!(RESNET, facts(size))['blocks'];
    assert.deepEqual([64, 128, 256].map(blocks), [6, 6, 9]);
  });
  test('a given option is not changed', () => {
    assert.equal(unet.resolve!({ ...UNET, depth: 3 }, facts(256))['depth'], 3);
    assert.equal(resnet.resolve!({ ...RESNET, blocks: 2 }, facts(256))['blocks'], 2);
  });
});

describe('the declared reach of a generator', () => {
  before(() => loadTensorFlow());
  const side = 256;
  for (const [name, network] of [
    ['ResNet of 2 blocks', resnet.create({ ...RESNET, width: 4, blocks: 2, norm: 'none' }, at(side))],
    ['U-Net that halves 4 times', unet.create({ ...UNET, width: 4, depth: 4, norm: 'none' }, at(side))],
    [
      'ResNet that is antialiased',
      resnet.create({ ...RESNET, width: 4, blocks: 2, norm: 'none', ...ANTIALIASED }, at(side)),
    ],
    [
      'U-Net with blurs on the way up',
      unet.create({ ...UNET, width: 4, depth: 4, norm: 'none', upsampling: 'antialiased' }, at(side)),
    ],
  ] as const) {
    test(`of a ${name} is where a pixel changes the translation, and not twice as far`, () => {
      const weights = initialWeights(network, 1, 'G');
      const changed = tf.tidy(() => {
        const x = randomNormal<tf.Rank.R4>([1, side, side, 3], randomKey(1, 2));
        const patch = tf.pad(tf.mul(tf.ones<tf.Rank.R4>([1, 16, 16, 3]), 9), [[0, 0], [120, 120], [120, 120], [0, 0]]); // prettier-ignore
        const [a, b] = [x, tf.add<tf.Tensor4D>(x, patch)].map((image) => network.apply(weights, image));
        return tf.max(tf.abs(tf.sub(a!, b!)), [0, 1, 3]).dataSync(); // by column
      });
      const columns = [...changed.keys()].filter((column) => changed[column]! > 0);
      const found = Math.max(120 - columns[0]!, columns.at(-1)! - 135);
      const { reach } = network.sizes!;
      assert.ok(found <= reach! && 2 * found > reach!, `${found} of ${reach}`);
    });
  }
});

describe('an image size that does not fit is a problem with a cure:', () => {
  test('a U-Net halves as often as its depth', () => {
    assert.deepEqual(unet.check!({ ...UNET, depth: 6 }, facts(64)), []);
    const [problem] = unet.check!({ ...UNET, depth: 6 }, facts(96));
    assert.deepEqual(problem?.path, ['depth']);
    assert.match(problem.message, /depth 6 .* multiple of 64, which 96 is not/);
    assert.equal(problem.cure, 'Use 128 pixels, or depth: 5.');
  });
  test('a U-Net with automatic depth fits every even size', () => {
    assert.deepEqual(unet.check!(UNET, facts(96)), []);
    assert.equal(unet.resolve!(UNET, facts(96))['depth'], 5);
    assert.equal(unet.check!(UNET, facts(63)).length, 1);
  });
  test('a ResNet halves twice, and reflects', () => {
    assert.deepEqual(resnet.check!(RESNET, facts(8)), []);
    assert.match(resnet.check!(RESNET, facts(30))[0]!.cure!, /32 pixels/);
    assert.match(resnet.check!(RESNET, facts(4))[0]!.cure!, /8 pixels/);
  });
  test('an antialiased PatchGAN halves less than a strided one where a side is odd', () => {
    const sides = (downsampling: 'strided' | 'antialiased', size: number) =>
      tf.tidy(() => {
        const network = patchgan.create({ ...PATCHGAN, width: 2, downsampling }, at(size));
        return network.apply(initialWeights(network, 1, 'D'), tf.zeros([1, size, size, 3])).shape[1];
      });
    assert.deepEqual([24, 64].map((size) => sides('antialiased', size)), [24, 64].map((size) => sides('strided', size))); // prettier-ignore
    assert.equal(sides('strided', 17), 1);
    assert.deepEqual(patchgan.check!(PATCHGAN, facts(17)), []);
    assert.equal(patchgan.check!({ ...PATCHGAN, downsampling: 'antialiased' }, facts(17)).length, 1);
  });
  test('a PatchGAN needs a patch, and CycleGAN has no pairs to condition on', () => {
    assert.deepEqual(patchgan.check!(PATCHGAN, facts(24)), []);
    assert.deepEqual(patchgan.check!(PATCHGAN, facts(16))[0]?.path, ['layers']);
    assert.deepEqual(patchgan.check!({ ...PATCHGAN, conditional: true }, facts(64))[0]?.path, ['conditional']);
  });
});

function parameters({ weights }: Network): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}
