import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { differences, joinPhrases } from '../../src/pipeline/differences.js';
import type { Json } from '../../src/support/json.js';
import type { FingerprintParts } from '../../src/pipeline/fingerprint.js';

const usual: FingerprintParts = {
  stage: { type: 'train', version: 1 },
  options: {},
  config: {},
  files: null,
  plugins: [],
  inputs: {},
  from: null,
};
type Parts = Partial<Pick<FingerprintParts, 'stage' | 'options' | 'config' | 'files' | 'plugins' | 'inputs' | 'from'>>;
const changes = (old: Parts, now: Parts): string[] =>
  differences(
    { ...usual, ...old },
    { ...usual, ...now },
    {
      name: 'learn',
      inputs: { dataset: 'prepare' },
    },
  );

describe('the list of differences between two results of a stage', () => {
  test('is empty for equal results, in any order of keys', () => {
    assert.deepEqual(changes({ config: { a: 1, b: { c: 2 } } }, { config: { b: { c: 2 }, a: 1 } }), []);
  });

  test('contains its type and its version', () => {
    assert.deepEqual(changes({}, { stage: { type: 'finetune', version: 2 } }), [
      'its type: train -> finetune',
      'its version: 1 -> 2',
    ]);
  });

  test('contains each value by its path, which for an option contains the stage’s name', () => {
    assert.deepEqual(changes({ options: { rate: 1 } }, { options: { rate: 2, kind: 'slow' } }), [
      'stages.learn.rate: 1 -> 2',
      'stages.learn.kind: not set -> slow',
    ]);
    const config = (size: number, type: string) => ({ dataset: { image_size: size, flip: true }, loss: { type } });
    assert.deepEqual(changes({ config: config(64, 'bce') }, { config: config(128, 'hinge') }), [
      'dataset.image_size: 64 -> 128',
      'loss.type: bce -> hinge',
    ]);
  });

  test('contains a section once if all its numbers change alike, and only then', () => {
    const lambda = (forward: number, backward: number) => ({ config: { loss: { lambda: { forward, backward } } } });
    assert.deepEqual(changes(lambda(10, 10), lambda(5, 5)), ['loss.lambda: 10 -> 5']);
    assert.deepEqual(changes(lambda(10, 10), lambda(5, 10)), ['loss.lambda.forward: 10 -> 5']);
    assert.deepEqual(changes(lambda(10, 20), lambda(5, 5)), [
      'loss.lambda.forward: 10 -> 5',
      'loss.lambda.backward: 20 -> 5',
    ]);
    assert.deepEqual(changes({ config: { seed: { a: 1 } } }, { config: { seed: { a: 2 } } }), ['seed.a: 1 -> 2']);
  });

  test('contains the options that differ of components in the config', () => {
    const ssim = { type: 'ssim', window: 7, sigma: 1.5 };
    const of = (...metrics: Json[]): Parts => ({ config: { evaluate: { metrics } } });
    assert.deepEqual(changes(of('psnr', 'ssim'), of('psnr', ssim)), [
      'evaluate.metrics.ssim: its defaults -> window: 7, sigma: 1.5',
    ]);
    assert.deepEqual(changes(of(ssim), of({ ...ssim, window: 9 })), ['evaluate.metrics.ssim.window: 7 -> 9']);
    assert.deepEqual(changes(of({ type: 'ssim', name: 'a' }), of({ type: 'psnr', name: 'a' })), [
      'evaluate.metrics.a.type: ssim -> psnr',
    ]);
    assert.deepEqual(changes(of('psnr', 'ssim'), of('ssim')), ['evaluate.metrics: ["psnr","ssim"] -> ["ssim"]']);
    const adversarial = (value: Json): Parts => ({ config: { loss: { adversarial: value } } });
    assert.deepEqual(changes(adversarial({ type: 'bce', smoothing: 1 }), adversarial('bce')), [
      'loss.adversarial: smoothing: 1 -> its defaults',
    ]);
    assert.deepEqual(changes(adversarial('bce'), adversarial('hinge')), ['loss.adversarial: bce -> hinge']);
  });

  test('truncates values of more than 60 characters', () => {
    const [phrase] = changes({ config: { path: 'x'.repeat(60) } }, { config: { path: 'y'.repeat(61) } });
    assert.equal(phrase, `path: ${'x'.repeat(60)} -> ${'y'.repeat(59)}…`);
  });

  test('names up to two input files that were added, removed or changed, and counts more', () => {
    assert.deepEqual(changes({ files: { a: 1, b: 1, c: 1 } }, { files: { b: 2, c: 1, d: 1 } }), [
      'its input files changed (d added, a removed, b changed)',
    ]);
    assert.deepEqual(changes({ files: {} }, { files: { a: 1, b: 1 } }), ['its input files changed (a and b added)']);
    assert.deepEqual(changes({ files: {} }, { files: { a: 1, b: 1, c: 1 } }), ['its input files changed (3 added)']);
    assert.deepEqual(changes({ files: 'x' }, { files: 'y' }), ['its input files changed (1 changed)']);
  });

  test('contains the number of images of a split, or that they changed', () => {
    const split = (count: number, sha256: string) => ({ files: { trainA: { count, sha256 }, trainB: 'same' } });
    assert.deepEqual(changes(split(3, 'x'), split(1, 'y')), ['trainA has 1 image instead of 3']);
    assert.deepEqual(changes(split(1, 'x'), split(3, 'y')), ['trainA has 3 images instead of 1']);
    assert.deepEqual(changes(split(3, 'x'), split(3, 'y')), ['the images of trainA changed']);
    const none = { files: { trainB: 'same' } };
    assert.deepEqual(changes(none, split(3, 'x')), ['trainA has 3 images instead of 0']);
    assert.deepEqual(changes(split(3, 'x'), none), ['trainA has 0 images instead of 3']);
  });

  test('contains the plugins that were added, removed, changed or reordered', () => {
    const [a, b, other] = [
      { name: 'a.mjs', sha256: '1' },
      { name: 'b.mjs', sha256: '2' },
      { name: 'a.mjs', sha256: '3' },
    ];
    assert.deepEqual(changes({ plugins: [a] }, { plugins: [b] }), ['plugin b.mjs added', 'plugin a.mjs removed']);
    assert.deepEqual(changes({ plugins: [a, b] }, { plugins: [other, b] }), ['plugin a.mjs changed']);
    assert.deepEqual(changes({ plugins: [a, b] }, { plugins: [b, a] }), ['the order of plugins changed']);
  });

  test('contains added and removed inputs, and changed ones by the stage that provides them', () => {
    assert.deepEqual(changes({ inputs: { dataset: '1' } }, { inputs: { dataset: '2' } }), [
      'its input prepare changed',
    ]);
    assert.deepEqual(changes({}, { inputs: { dataset: '2' } }), ['it now consumes dataset']);
    assert.deepEqual(changes({ inputs: { networks: '1' } }, {}), ['it no longer consumes networks']);
  });

  test('contains the continued result, by the beginning of its fingerprint', () => {
    assert.deepEqual(changes({}, { from: '0123456789abcdef' }), ['--from: none -> 01234567']);
  });

  test('is joined to a few phrases and the number of the others', () => {
    assert.equal(joinPhrases(['a', 'b', 'c', 'd']), 'a, b, c, d');
    assert.equal(joinPhrases(['a', 'b', 'c', 'd', 'e']), 'a, b, c, d and 1 more');
    assert.equal(joinPhrases(['a', 'b', 'c'], 1), 'a and 2 more');
  });
});
