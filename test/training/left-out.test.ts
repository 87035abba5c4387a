import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOutWarnings } from '../../src/training/left-out.js';

test('warnings of images without a partner have their number, the reason and the first names', () => {
  assert.deepEqual(
    leftOutWarnings([
      { split: 'trainA', partner: 'missing', count: 1200, names: ['A/1', 'A/2', 'A/\u202e3'] },
      { split: 'trainA', partner: 'bad', count: 2, names: ['A/4', 'A/5'] },
      { split: 'trainB', partner: 'missing', count: 1, names: ['B/6'] },
      { split: 'trainB', partner: 'bad', count: 1, names: ['B/7'] },
    ]),
    [
      '1,200 images of trainA are left out, as no image of trainB has their name, or more than one has it (A/1, A/2, A/\\u202e3 and 1,197 more).',
      '2 images of trainA are left out, as their partners in trainB are bad images (A/4, A/5).',
      '1 image of trainB is left out, as no image of trainA has its name, or more than one has it (B/6).',
      '1 image of trainB is left out, as its partner in trainA is a bad image (B/7).',
    ],
  );
  assert.deepEqual(leftOutWarnings([]), []);
});
