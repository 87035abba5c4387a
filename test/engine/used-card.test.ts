import assert from 'node:assert/strict';
import { test } from 'node:test';
import { usedCard } from '../../src/engine/used-card.js';

const card = {
  index: 0,
  uuid: 'GPU-1',
  name: 'NVIDIA H200',
  computeCapability: 9,
  memory: 150e9,
  driver: '570.133.20',
};
const other = { ...card, index: 1, uuid: 'GPU-2', name: 'Tesla T4', computeCapability: 7.5 };

test('the used card is the chosen one, with what matters for its numbers and speed', () => {
  assert.deepEqual(usedCard({}, [card]), {
    card: 'NVIDIA H200',
    cardMemory: 150e9,
    computeCapability: '9.0',
    driver: '570.133.20',
  });
  const order = { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', CUDA_VISIBLE_DEVICES: '1' };
  assert.equal(usedCard(order, [card, other])?.card, 'Tesla T4');
  assert.equal(usedCard({ CUDA_VISIBLE_DEVICES: 'GPU-2' }, [card, other])?.card, 'Tesla T4');
});

test('where CUDA chooses among different cards, all are named; where nvidia-smi is silent, none', () => {
  assert.equal(usedCard({ CUDA_VISIBLE_DEVICES: '0' }, [card, other])?.card, 'NVIDIA H200 or Tesla T4');
  assert.equal(usedCard({}, []), undefined);
});
