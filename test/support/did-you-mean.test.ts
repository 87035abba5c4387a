import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from '../../src/support/did-you-mean.js';

test('the nearest candidate is suggested, in any case, and none that is too different', () => {
  assert.equal(didYouMean('trian', ['train', 'test']), 'train');
  assert.equal(didYouMean('b', ['A', 'B']), 'B');
  assert.equal(didYouMean('horse', ['zebra', 'Horses']), 'Horses');
  assert.equal(didYouMean('horse', ['zebra']), undefined);
  assert.equal(didYouMean('', ['a']), undefined);
});

test('for a single letter, a longer word may be suggested, but no other letter', () => {
  assert.equal(didYouMean('B', ['A', 'C']), undefined);
  assert.equal(didYouMean('xy', ['ab']), undefined);
  assert.equal(didYouMean('xy', ['xz']), 'xz');
});

test('a candidate that is already used is not suggested', () => {
  assert.equal(didYouMean('psrn', ['psnr', 'ssim'], ['psnr']), undefined);
  assert.equal(didYouMean('trainB', ['trainA', 'trainB2'], ['trainA']), 'trainB2');
});
