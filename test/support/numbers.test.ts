import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeNumber, encodeNumber } from '../../src/support/numbers.js';

test('numbers that JSON cannot represent survive a round trip, such as the PSNR of equal images', () => {
  const metrics = { psnr: Infinity, loss: NaN, least: -Infinity, plain: 1.5, text: 'a' };
  const text = JSON.stringify(metrics, encodeNumber);
  assert.equal(text, '{"psnr":"Infinity","loss":"NaN","least":"-Infinity","plain":1.5,"text":"a"}');
  assert.deepEqual(JSON.parse(text, decodeNumber), metrics);
});
