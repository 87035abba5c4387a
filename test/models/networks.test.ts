import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patchgan } from '../../src/models/patchgan.js';
import { resnet } from '../../src/models/resnet.js';
import { unet } from '../../src/models/unet.js';
import type { Network } from '../../src/registry/kinds/network.js';
import { defaults } from './defaults.js';

const UNET = defaults(unet.schema) as unknown as Parameters<typeof unet.create>[0];
const RESNET = defaults(resnet.schema) as unknown as Parameters<typeof resnet.create>[0];
const PATCHGAN = defaults(patchgan.schema) as unknown as Parameters<typeof patchgan.create>[0];
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
  test('a PatchGAN needs a patch, and CycleGAN has no pairs to condition on', () => {
    assert.deepEqual(patchgan.check!(PATCHGAN, facts(24)), []);
    assert.deepEqual(patchgan.check!(PATCHGAN, facts(16))[0]?.path, ['layers']);
    assert.deepEqual(patchgan.check!({ ...PATCHGAN, conditional: true }, facts(64))[0]?.path, ['conditional']);
  });
});

function parameters({ weights }: Network): number {
  return weights.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}
