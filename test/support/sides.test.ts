import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSides, mapSides, sameSize, shortSides, sidesIn, sidesOf, sizeName, sizeText, writtenSides } from '../../src/support/sides.js'; // prettier-ignore

test('a size is the side of squares, or height and width', () => {
  assert.deepEqual(sidesOf(256), { height: 256, width: 256 });
  assert.deepEqual(sidesOf([256, 512]), { height: 256, width: 512 });
  assert.equal(shortSides([256, 256]), 256);
  assert.deepEqual(shortSides({ height: 256, width: 512 }), [256, 512]);
  assert.ok(sameSize(256, [256, 256]) && !sameSize([256, 512], [512, 256]));
});

test('is written with the height first in configs, and the width first for people', () => {
  assert.deepEqual([writtenSides(256), writtenSides([256, 512])], ['256', '[256, 512]']);
  assert.deepEqual([sizeText(256), sizeText([256, 512])], ['256x256', '512x256']);
});

test('has a name that can be read back', () => {
  for (const size of [256, [256, 512]] as const) assert.deepEqual(sidesIn(sizeName(size)), size);
  for (const text of ['', 'x', '256x', '0', '5 12', '1x2x3']) assert.equal(sidesIn(text), undefined, text);
});

test('is told from other values', () => {
  for (const size of [256, [256, 512]]) assert.ok(isSides(size));
  for (const other of [null, '256', [256], [1, 2, 3], ['a', 'b'], {}]) assert.ok(!isSides(other));
});

test('changes side by side', () => {
  assert.equal(mapSides(256, (side) => side / 2), 128); // prettier-ignore
  assert.deepEqual(mapSides([256, 512], (side) => side / 2), [128, 256]); // prettier-ignore
});
