import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cropInto, drawJitter, normalise } from '../../../src/data/batches/jitter.js';
import { keyedRandom } from '../../../src/support/keyed-random.js';
import { sidesOf } from '../../../src/support/sides.js';

const [WIDTH, HEIGHT, SIZE] = [6, 5, 3];
/** An image with the colour (10 x, 10 y, 100 + 10 x + y) at (x, y). */
const colour = (x: number, y: number) => [10 * x, 10 * y, 100 + 10 * x + y];
const everywhere = Array.from({ length: HEIGHT }, (_, y) => Array.from({ length: WIDTH }, (_, x) => colour(x, y)));
const image = { width: WIDTH, height: HEIGHT, data: Uint8Array.from(everywhere.flat(2)) };
const bytes = (values: Float32Array) => Array.from(values, (value) => Math.round((value + 1) * 127.5));

for (const flip of [false, true]) {
  test(`a crop is the square at its position, ${flip ? 'mirrored' : 'not mirrored'}, and nothing else is written`, () => {
    const length = SIZE * SIZE * 3;
    const out = new Float32Array(5 + length + 40).fill(7);
    cropInto(out, 5, image, SIZE, { left: 2, top: 1, flip });
    const columns = flip ? [4, 3, 2] : [2, 3, 4];
    const expected = [1, 2, 3].flatMap((y) => columns.flatMap((x) => colour(x, y)));
    assert.deepEqual(bytes(out.subarray(5, 5 + length)), expected);
    for (const rest of [out.subarray(0, 5), out.subarray(5 + length)]) assert.ok(rest.every((value) => value === 7));
  });
}

test('every byte is normalised to x / 127.5 - 1 in float32', () => {
  const data = Uint8Array.from({ length: 258 }, (_, i) => i % 256);
  const found = normalise({ width: 43, height: 2, data });
  data.forEach((byte, i) => assert.equal(found[i], Math.fround(Math.fround(byte / 127.5) - 1)));
  assert.deepEqual([found[0], found[255]], [-1, 1]);
});

test('an image as large as its crop has only one crop', () => {
  for (let key = 0; key < 20; key++) {
    const { left, top } = drawJitter(keyedRandom('test', key), sidesOf(SIZE), SIZE, true);
    assert.deepEqual([left, top], [0, 0]);
  }
});
