import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf, visibleCards } from '../../src/support/device.js';
import { ProblemError } from '../../src/support/problem.js';

test('a config’s device comes before the environment’s, which comes before auto', () => {
  assert.equal(deviceOf(1, { RUNNER_DEVICE: 'cpu' }), 1);
  assert.equal(deviceOf('cpu', { RUNNER_DEVICE: '1' }), 'cpu');
  assert.equal(deviceOf('auto', { RUNNER_DEVICE: 'cpu' }), 'cpu');
  assert.equal(deviceOf(undefined, { RUNNER_DEVICE: '2' }), 2);
  assert.equal(deviceOf(undefined, { RUNNER_DEVICE: '' }), 'auto');
  assert.equal(deviceOf(undefined, {}), 'auto');
});

test('where a config asks for a GPU, the environment may say which, and nothing else', () => {
  assert.equal(deviceOf('gpu', { RUNNER_DEVICE: '1' }), 1);
  for (const text of ['cpu', 'auto', 'gpu', '']) assert.equal(deviceOf('gpu', { RUNNER_DEVICE: text }), 'gpu');
});

test('another word in RUNNER_DEVICE is refused with those that it can have', () => {
  for (const word of ['cuda', '-1', '1.5', 'GPU']) {
    assert.throws(
      () => deviceOf(undefined, { RUNNER_DEVICE: word }),
      (error) => error instanceof ProblemError && error.message.includes(`"${word}"; it can be auto, cpu, gpu or`),
    );
  }
});

test('the visible cards are those up to the first name that CUDA does not know', () => {
  assert.equal(visibleCards({}), undefined);
  for (const [list, cards] of [
    ['', []],
    ['-1', []],
    ['NoDevFiles', []],
    ['3', ['3']],
    ['2, 0', ['2', '0']],
    ['0,2,-1,1', ['0', '2']],
    ['GPU-8932f937,MIG-1234', ['GPU-8932f937', 'MIG-1234']],
  ] as const) {
    assert.deepEqual(visibleCards({ CUDA_VISIBLE_DEVICES: list }), cards, list);
  }
});
