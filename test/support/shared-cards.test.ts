import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cardOf, sharedCards } from '../../src/support/shared-cards.js';

describe('the cards that processes share', () => {
  const all = () => 4;

  test('are those of the machine, or those that CUDA_VISIBLE_DEVICES names', () => {
    assert.equal(sharedCards({}, 'gpu', all), 4);
    assert.equal(sharedCards({ CUDA_VISIBLE_DEVICES: '3,5' }, 'gpu', all), 2);
    assert.equal(sharedCards({ CUDA_VISIBLE_DEVICES: '' }, 'gpu', all), 0);
    assert.equal(
      sharedCards({}, 'gpu', () => undefined),
      0,
    );
  });

  test('are none where the engine is for processors, or the user has chosen a device for all', () => {
    assert.equal(sharedCards({}, 'cpu', all), 0);
    for (const device of ['cpu', '2', 'gpu']) assert.equal(sharedCards({ RUNNER_DEVICE: device }, 'gpu', all), 0);
    assert.equal(sharedCards({ RUNNER_DEVICE: 'auto' }, 'gpu', all), 4);
  });

  test('are given in turn', () => {
    const cards = (count: number) => [0, 1, 2].map((process) => cardOf(process, count)['RUNNER_DEVICE']);
    assert.deepEqual(cards(2), ['0', '1', '0']);
    assert.deepEqual(cards(0), [undefined, undefined, undefined]);
  });
});
