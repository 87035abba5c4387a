import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unseenPairsWarning, unseenWarnings } from '../../src/training/unseen.js';

const dataset = { batch_size: 1, epoch: 'shortest', flip: true, shuffle_buffer: 1000 } as const;

test('warnings of images that are never shown have their number, their domain, and what to do', () => {
  assert.deepEqual(unseenWarnings({ A: 1072, B: 6287 }, dataset, 40), [
    '4,216 of the 6,287 images of trainB are never shown, however many epochs there are: with dataset.shuffle_buffer: 1000 each epoch begins with the first images again, and it ends before the last ones. Set dataset.shuffle_buffer: null to shuffle the whole domain.',
  ]);
  assert.match(
    unseenWarnings({ A: 2072, B: 1072 }, dataset, 40)[0]!,
    /^1 of the 2,072 images of trainA is never shown/,
  );
});

test('there is no warning if all images are shown', () => {
  assert.deepEqual(unseenWarnings({ A: 1067, B: 1334 }, dataset, 40), []);
  assert.deepEqual(unseenWarnings({ A: 1072, B: 6287 }, { ...dataset, shuffle_buffer: null }, 6), []);
  assert.deepEqual(unseenWarnings({ A: 1072, B: 6287 }, { ...dataset, epoch: 'longest' }, 40), []);
});

test('pairs that are never shown are reported as pairs, once', () => {
  const options = { ...dataset, batch_size: 4, shuffle_buffer: 1 };
  assert.deepEqual(unseenPairsWarning(1003, options, 40), [
    '3 of the 1,003 pairs of training images are never shown, however many epochs there are: with dataset.shuffle_buffer: 1 each epoch begins with the first images again, and it ends before the last ones. Set dataset.shuffle_buffer: null to shuffle the whole domain.',
  ]);
  assert.deepEqual(unseenPairsWarning(1000, options, 40), []);
});

test('images that would need more or longer epochs are counted, with both cures', () => {
  const three = { A: 3, B: 5000 };
  const shuffled = { ...dataset, shuffle_buffer: null };
  assert.deepEqual(unseenWarnings(three, shuffled, 40), [
    '4,880 of the 5,000 images of trainB are not shown in 40 epochs (dataset.epoch: shortest). Set dataset.epoch: longest, or raise train.epochs.',
  ]);
  assert.match(unseenWarnings(three, { ...shuffled, epoch: 100 }, 40)[0]!, /^1,000 of.*\(dataset\.epoch: 100\)/);
  assert.deepEqual(unseenWarnings(three, { ...shuffled, epoch: 'longest' }, 1), []);
  // The last batch is not full, and comes first in the next epoch.
  assert.match(
    unseenWarnings(three, { ...shuffled, epoch: 'longest', batch_size: 3 }, 1)[0]!,
    /^2 of.*in 1 epoch.*Raise/,
  );
});
