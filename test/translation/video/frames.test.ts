import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { framesIn } from '../../../src/translation/video/frames.js';

const ppm = (width: number, height: number, value: number) =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(width * height * 3, value)]);

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function all(bytes: Buffer, size: number) {
  const frames = [];
  for await (const { width, height, data } of framesIn(pieces(bytes, size)))
    frames.push([width, height, [...new Set(data)]]);
  return frames;
}

describe('the frames of a stream', () => {
  // 10 is a line break, and 80 and 54 are P and 6: pixels may look like a header.
  const stream = Buffer.concat([ppm(20, 10, 10), ppm(20, 10, 80), ppm(20, 10, 54), ppm(1, 1, 9)]);
  for (const size of [1, 7, 600, 613, 5000]) {
    test(`are found in pieces of ${size} bytes`, async () => {
      assert.deepEqual(await all(stream, size), [
        [20, 10, [10]],
        [20, 10, [80]],
        [20, 10, [54]],
        [1, 1, [9]],
      ]);
    });
  }

  test('are none in an empty stream', async () => {
    assert.deepEqual(await all(Buffer.alloc(0), 10), []);
  });

  test('that end early, or are none, are an error', async () => {
    await assert.rejects(all(stream.subarray(0, 700), 100), /cut off/);
    await assert.rejects(all(Buffer.from('no frames at all, but text'), 100), /no header/);
  });
});
