import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rangesFound } from '../../../src/stages/preparation/ranges.js';

const totals = { trainA: 40, trainB: 1200, testA: 1, testB: 1, valA: 0, valB: 0 };
const names = ['trainA/0.tif', 'trainA/1.tif', 'trainA/2.tif'];

test('images that become nearly black are reported with number, names, range and cure', () => {
  const finding = {
    split: 'trainA',
    trouble: 'nearly black',
    count: 12,
    names,
    least: 3,
    most: 4095,
    white: 65535,
  } as const;
  assert.deepEqual(rangesFound({ ranges: [finding] }, totals), [
    '12 of the 40 images of trainA become nearly black: they hold 3 to 4,095, where 0 is black and 65,535 is white (0.tif, 1.tif, 2.tif and 9 more; pictures.jsonl has the range of each). If 4,095 is meant to be white, multiply them by 16.0037 and save them again.',
  ]);
});

test('images that lose values beyond black and white are reported', () => {
  const finding = {
    split: 'trainB',
    trouble: 'clipped',
    count: 1,
    names: ['depth.tif'],
    least: -1,
    most: 1,
    white: 1,
  } as const;
  assert.deepEqual(rangesFound({ ranges: [finding, { ...finding, least: -500, most: 3000, white: 255 }] }, totals), [
    '1 of the 1,200 images of trainB loses what lies beyond black and white: it holds -1 to 1, where 0 is black and 1 is white (depth.tif; pictures.jsonl has the range of each). Scale it to 0 to 1 and save it again.',
    '1 of the 1,200 images of trainB loses what lies beyond black and white: it holds -500 to 3,000, where 0 is black and 255 is white (depth.tif; pictures.jsonl has the range of each). Scale it to 0 to 255, or to 0 to 1, and save it again.',
  ]);
});

test('no range is reported for good images or for stores without ranges', () => {
  assert.deepEqual(rangesFound({ ranges: [] }, totals), []);
  assert.deepEqual(rangesFound({}, totals), []);
});
