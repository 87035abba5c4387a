import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decode } from '../../../src/data/images/decode.js';
import { halfOf, hashOfHalf, otherHalf } from '../../../src/data/images/half.js';

/** An image whose pixels encode their column as red and their row as green. */
function columns(width: number, height = 2) {
  const pixels = Array.from({ length: width * height }, (_, i) => [i % width, Math.floor(i / width), 0]);
  return { data: Uint8Array.from(pixels.flat()), width, height };
}
const reds = ({ data }: { readonly data: Uint8Array }) => Array.from(data).filter((_, i) => i % 3 === 0);

test('the two halves together have all columns of all rows', () => {
  const [left, right] = [halfOf(columns(6), 'left'), halfOf(columns(6), 'right')];
  assert.deepEqual([left.width, left.height, right.width, right.height], [3, 2, 3, 2]);
  assert.deepEqual([reds(left), reds(right)], [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]); // prettier-ignore
  assert.deepEqual(Array.from(left.data.slice(9, 12)), [0, 1, 0], 'the second row');
});

test('with an odd width the middle column belongs to the right half, as in pix2pix', () => {
  assert.deepEqual(reds(halfOf(columns(5, 1), 'left')), [0, 1]);
  assert.deepEqual(reds(halfOf(columns(5, 1), 'right')), [2, 3, 4]);
});

test('a half is decoded like a separate image, with its own size, pixels and hash', async () => {
  const png = (width: number) =>
    sharp(columns(width, 4).data, { raw: { width, height: 4, channels: 3 } })
      .png()
      .toBuffer();
  const wanted = { fits: [{ resize: 'stretch', to: 4 }], interpolation: 'nearest' } as const;
  const half = await decode(await png(8), { ...wanted, half: 'right' });
  const alone = await decode(
    await sharp(await png(8))
      .extract({ left: 4, top: 0, width: 4, height: 4 })
      .png()
      .toBuffer(),
    wanted,
  );
  assert.deepEqual(half, alone);
  const narrow = await decode(await png(1), { ...wanted, half: 'left' });
  assert.deepEqual(narrow, { reason: 'is 1 pixel wide: two images cannot lie side by side in it' });
});

test('the hashes of the two halves and of the file differ', () => {
  const known = [undefined, 'left', 'right'].map((half) => hashOfHalf('abc', half as 'left' | undefined));
  assert.equal(known[0], 'abc');
  assert.equal(new Set(known).size, 3);
  assert.deepEqual([otherHalf('left'), otherHalf('right')], ['right', 'left']);
});
