import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkGpu } from '../../../src/cli/doctor/check-gpu.js';

const card = {
  index: 0,
  uuid: 'GPU-8932f937',
  name: 'NVIDIA H200',
  computeCapability: 9,
  memory: 143_771 * 2 ** 20,
  driver: '570.133.20',
};
const nothing = { driver: undefined, hasDevice: false, count: undefined, cards: undefined };
const there = { driver: '570.133.20', hasDevice: true, count: 1, cards: [card] };

test('a card is shown with its memory, compute capability and driver', () => {
  const { state, text } = checkGpu(there, 'gpu');
  assert.deepEqual([state, text], ['ok', 'NVIDIA H200, 151 GB, compute capability 9.0; driver 570.133.20']);
});

test('beside a card, an engine for processors is pointed out, with the engine for GPUs as the cure', () => {
  const { state, text, cure } = checkGpu(there, 'cpu');
  assert.equal(state, 'missing', 'no error: the processor does');
  assert.match(text, /NVIDIA H200.*not used: the engine in use is for processors/);
  assert.match(cure!, /RUNNER_ENGINE=gpu \.\/runner setup/);
});

test('no card is fine', () => {
  assert.equal(checkGpu(nothing, 'gpu').text, 'no NVIDIA GPU', 'what that means for its engine is said there');
  assert.deepEqual(checkGpu(nothing, 'cpu'), {
    state: 'ok',
    name: 'gpu',
    text: 'no NVIDIA GPU; the processor is used',
  });
});

test('a driver whose nvidia-smi shows no card is pointed out', () => {
  for (const cards of [undefined, []]) {
    const { state, text } = checkGpu({ ...there, cards }, 'gpu');
    assert.equal(state, 'missing');
    assert.match(text, /driver 570\.133\.20 is loaded, but nvidia-smi does not list a card/);
  }
});
