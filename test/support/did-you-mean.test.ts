import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didYouMean } from '../../src/support/did-you-mean.js';

test('the nearest of the candidates is meant, whatever its case, and none that is far', () => {
  assert.equal(didYouMean('trian', ['train', 'test']), 'train');
  assert.equal(didYouMean('b', ['A', 'B']), 'B');
  assert.equal(didYouMean('horse', ['zebra', 'Horses']), 'Horses');
  assert.equal(didYouMean('horse', ['zebra']), undefined);
  assert.equal(didYouMean('', ['a']), undefined);
});

test('of a single letter, another letter is not meant, but a longer word may be', () => {
  assert.equal(didYouMean('B', ['A', 'C']), undefined);
  assert.equal(didYouMean('xy', ['ab']), undefined);
  assert.equal(didYouMean('xy', ['xz']), 'xz');
});

test('what is used beside the word is not meant by it', () => {
  assert.equal(didYouMean('psrn', ['psnr', 'ssim'], ['psnr']), undefined);
  assert.equal(didYouMean('trainB', ['trainA', 'trainB2'], ['trainA']), 'trainB2');
});
