import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { measuredIn } from '../../src/comparison/measured.js';

describe('a recorded value of a metric that only finds faults', () => {
  const read = (name: string, facts: object = {}) =>
    measuredIn({ AtoB: { [name]: { value: 0.5, better: 'higher', ...facts } } })[0]![1];

  test('has no direction of improvement', () => {
    assert.deepEqual(read('mine', { diagnostic: true }), { value: 0.5, diagnostic: true });
    assert.deepEqual(read('psnr'), { value: 0.5, better: 'higher' });
  });

  test('is known by its name in a run of a version that did not record the trait', () => {
    for (const name of ['inversion', 'diversity-efficientnet-lite0', 'discriminator-accuracy/fake'])
      assert.equal(read(name).diagnostic, true, name);
    assert.equal(read('inversion', { options: 'a' }).diagnostic, undefined, 'a plugin’s metric of that name');
  });
});
