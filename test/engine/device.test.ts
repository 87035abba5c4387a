import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceEnvironment, missingCard, missingCards } from '../../src/engine/device.js';
import { ProblemError } from '../../src/support/problem.js';

const gpu = { kind: 'gpu', folder: '/engine', binding: '/engine/lib/tfjs_binding.node' } as const;
const chosen = (env: NodeJS.ProcessEnv, count?: number) => deviceEnvironment(env, gpu, count);

test('an engine for processors gets no settings', () => {
  assert.deepEqual(deviceEnvironment({ RUNNER_DEVICE: '1' }, { ...gpu, kind: 'cpu' }, 2), {});
  assert.deepEqual(deviceEnvironment({}, undefined, 2), {});
});

test('the processor is chosen by hiding all cards', () => {
  assert.deepEqual(chosen({ RUNNER_DEVICE: 'cpu', CUDA_VISIBLE_DEVICES: '1' }, 2), { CUDA_VISIBLE_DEVICES: '' });
});

test('a card’s number is nvidia-smi’s, unless the user orders cards otherwise', () => {
  const card = { RUNNER_DEVICE: 'gpu', CUDA_VISIBLE_DEVICES: '1' };
  assert.deepEqual(chosen({ RUNNER_DEVICE: '1' }, 2), { ...card, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' });
  const order = { CUDA_DEVICE_ORDER: 'FASTEST_FIRST' };
  assert.deepEqual(chosen({ RUNNER_DEVICE: '1', ...order }, 2), { ...card, ...order });
});

test('where the user names cards, a number counts among these', () => {
  const env = { RUNNER_DEVICE: '1', CUDA_VISIBLE_DEVICES: '5,GPU-8932f937' };
  assert.deepEqual(chosen(env, 8), { RUNNER_DEVICE: 'gpu', CUDA_VISIBLE_DEVICES: 'GPU-8932f937' });
});

test('a process of a process with a chosen card has the same card', () => {
  const env = { RUNNER_DEVICE: '1', CUDA_VISIBLE_DEVICES: '2,3' };
  const inner = { ...env, ...chosen(env, 4) };
  assert.deepEqual({ ...inner, ...chosen(inner, 4) }, inner);
  assert.equal(inner.CUDA_VISIBLE_DEVICES, '3');
});

test('without a number a process gets one of several cards: CUDA’s first, or the first that the user names', () => {
  for (const device of ['auto', 'gpu', undefined]) {
    const env = device === undefined ? {} : { RUNNER_DEVICE: device };
    assert.deepEqual(chosen(env, 4), { CUDA_VISIBLE_DEVICES: '0' });
    assert.deepEqual(chosen({ ...env, CUDA_VISIBLE_DEVICES: '2,3' }, 4), { CUDA_VISIBLE_DEVICES: '2' });
    assert.deepEqual(chosen({ ...env, CUDA_VISIBLE_DEVICES: '2' }, 4), {});
    assert.deepEqual(chosen(env, 1), {});
    assert.deepEqual(chosen(env, undefined), {});
  }
});

test('a number without a card is refused, as far as the number of cards is known', () => {
  assert.throws(() => chosen({ RUNNER_DEVICE: '2' }, 2), ProblemError);
  assert.match(missingCard(2, {}, 2)!.message, /no card 2: this machine has 2, counted from 0/);
  assert.match(missingCard(2, {}, 2)!.cure!, /from 0 to 1/);
  assert.equal(missingCard(1, {}, 1)!.cure, 'Use 0, or gpu.');
  assert.match(missingCard(1, { CUDA_VISIBLE_DEVICES: '7' }, 8)!.message, /no card 1: CUDA_VISIBLE_DEVICES names 1/);
  assert.equal(missingCard(1, {}, 2), undefined);
  assert.equal(missingCard(3, {}, undefined), undefined);
  assert.equal(missingCard('gpu', {}, 0), undefined);
  assert.equal(missingCard(0, { CUDA_VISIBLE_DEVICES: '' }, 1), undefined, 'that no card is visible is said instead');
});

test('replicas get as many cards: the first, or the first that the user names', () => {
  const replicas = { RUNNER_REPLICAS: '2' };
  assert.deepEqual(chosen(replicas, 4), { CUDA_VISIBLE_DEVICES: '0,1' });
  assert.deepEqual(chosen({ ...replicas, CUDA_VISIBLE_DEVICES: '3,1,2' }, 4), { CUDA_VISIBLE_DEVICES: '3,1' });
  assert.deepEqual(chosen({ ...replicas, RUNNER_DEVICE: 'cpu' }, 4), { CUDA_VISIBLE_DEVICES: '' });
});

test('more replicas than cards are a problem of the config', () => {
  assert.equal(missingCards(2, {}, 2), undefined);
  assert.equal(missingCards(1, {}, 0), undefined);
  assert.equal(missingCards(2, {}, undefined), undefined);
  const { message, cure, option } = missingCards(3, {}, 2)!;
  assert.equal(message, 'engine.replicas: 3 replicas need a card each, and this machine has 2.');
  assert.deepEqual([cure, option], ['Use at most 2 replicas.', ['engine', 'replicas']]);
  assert.match(missingCards(2, { CUDA_VISIBLE_DEVICES: '1' }, 4)!.message, /CUDA_VISIBLE_DEVICES names 1\.$/);
});
