import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Findings } from '../../../src/data/store/findings.js';
import { kindsFound } from '../../../src/stages/preparation/finding-lines.js';

/** The lines about trainB. */
function told(trainB: Record<string, number>): string[] {
  return kindsFound({
    traits: { trainA: {}, trainB, testA: {}, testB: {}, valA: {}, valB: {} },
  } as unknown as Findings);
}

test('kinds of images are reported in one sentence, grey ones first', () => {
  assert.deepEqual(told({ 'grey, stored as RGB': 47, grey: 7 }), [
    '7 of trainB are greyscale files, 47 more are grey though stored in colour.',
  ]);
  assert.deepEqual(told({ grey: 1, 'grey, stored as RGB': 1 }), [
    '1 of trainB is a greyscale file, 1 more is grey though stored in colour.',
  ]);
  assert.deepEqual(told({ 'first of 12 frames': 1, 'first of 3 frames': 1, CMYK: 1200, transparent: 1 }), [
    '1 of trainB is transparent (now over white), 1,200 are CMYK files, 2 are animations (their first frames).',
  ]);
});

test('how images are stored is not reported', () => {
  assert.deepEqual(told({ palette: 3, rotated: 2 }), []);
});
