import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { planTiles, type Cut, type TileOptions } from '../../src/inference/tile-plan.js';

const OPTIONS: TileOptions = { side: 128, margin: 20, blend: 16, multiple: 4 };

/** For each pixel of a side, the tiles that count there. */
function counting({ side, starts, weights }: Cut, length: number) {
  return Array.from({ length }, (_, at) =>
    starts.flatMap((start, i) => {
      const weight = weights[i]![at - start] ?? 0;
      const [before, after] = [start === 0 ? Infinity : at - start, start + side === length ? Infinity : start + side - 1 - at]; // prettier-ignore
      return weight > 0 ? [{ weight, margin: Math.min(before, after) }] : [];
    }),
  );
}

describe('the tiles of an image', () => {
  for (const length of [4, 100, 128, 132, 136, 200, 256, 1000, 1004, 4000]) {
    test(`of ${length} pixels cover each pixel with weights that add up to 1, and see their margin beyond it`, () => {
      const { rows, columns } = planTiles(length, 64, OPTIONS);
      assert.deepEqual([columns.side, columns.starts], [64, [0]]);
      assert.ok(rows.side <= OPTIONS.side && rows.side % 4 === 0);
      assert.equal(rows.starts.at(-1)! + rows.side, length, 'the last ends with the image');
      assert.ok(rows.starts.every((start) => start % OPTIONS.multiple === 0));
      for (const tiles of counting(rows, length)) {
        const sum = tiles.reduce((total, { weight }) => total + weight, 0);
        assert.ok(Math.abs(sum - 1) < 1e-6, String(sum));
        assert.ok(tiles.every(({ margin }) => margin >= OPTIONS.margin), JSON.stringify(tiles)); // prettier-ignore
      }
    });
  }

  test('are one where the image fits in it, and so many as are needed otherwise', () => {
    const count = (length: number) => planTiles(length, 4, OPTIONS).rows.starts.length;
    assert.deepEqual([64, 128, 132, 196, 200].map(count), [1, 1, 2, 2, 3]);
  });

  test('fade into each other over the blend, and without one meet at an edge', () => {
    const partial = (blend: number) => {
      const { weights } = planTiles(400, 4, { ...OPTIONS, blend }).rows;
      return weights[0]!.filter((weight) => weight > 0 && weight < 1).length;
    };
    assert.deepEqual([0, 16].map(partial), [0, 16]);
  });

  test('cannot be smaller than margins and blend', () => {
    assert.throws(() => planTiles(400, 400, { ...OPTIONS, side: 60 }), /Tiles of 60 pixels are too small/);
    assert.doesNotThrow(() => planTiles(60, 60, { ...OPTIONS, side: 60 }));
  });
});
