import type { Scalar } from '../../../src/support/json.js';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { areRepeated, groupsBy, type Group } from '../../../src/sweep/summary/groups.js';
import { sweep } from '../page/rig.js';

/** Groups by each trial's value of `a`, which may be missing. */
function grouped(made: readonly (readonly [Scalar | undefined, number])[]): Group[] {
  const { trials } = sweep(made.map(([a, value]) => ({ params: { ...(a !== undefined && { a }) }, value })));
  return groupsBy(
    trials.map((trial) => ({ trial, value: trial.value! })),
    ({ params }) => params['a'],
  );
}

describe('groups of trials', () => {
  test('are in the order of their first trials', () => {
    const groups = grouped([
      ['b', 1],
      ['a', 2],
      ['b', 5],
    ]);
    assert.deepEqual(
      groups.map(({ key, trials }) => [key, trials.map(({ trial, value }) => [trial.id, value])]),
      [
        [
          'b',
          [
            [1, 1],
            [3, 5],
          ],
        ],
        ['a', [[2, 2]]],
      ],
    );
  });

  test('distinguish values that look alike, and omit trials without a value', () => {
    const groups = grouped([
      [1, 1],
      ['1', 1],
      [undefined, 1],
      [null, 1],
      [false, 1],
    ]);
    assert.deepEqual(
      groups.map(({ key }) => key),
      [1, '1', null, false],
    );
  });

  test('have a mean and a sample deviation', () => {
    // Squared distances from the mean: 9, 1, 1, 9; divided by three.
    const [group] = grouped([2, 4, 6, 8].map((value) => ['a', value]));
    assert.equal(group!.mean, 5);
    assert.ok(Math.abs(group!.deviation! - Math.sqrt(20 / 3)) < 1e-12);
    const [two] = grouped([1, 3].map((value) => ['a', value]));
    assert.equal(two!.mean, 2);
    assert.ok(Math.abs(two!.deviation! - Math.SQRT2) < 1e-12);
  });

  test('have no deviation for a single trial', () => {
    const [group] = grouped([['a', 7]]);
    assert.deepEqual([group!.mean, group!.deviation], [7, undefined]);
  });

  test('have a mean even of the largest numbers, without a deviation that overflows', () => {
    const [group] = grouped([-Number.MAX_VALUE, Number.MAX_VALUE].map((value) => ['a', value]));
    assert.deepEqual([group!.mean, group!.deviation], [0, undefined]);
    const [same] = grouped([Number.MAX_VALUE, Number.MAX_VALUE].map((value) => ['a', value]));
    assert.equal(same!.mean, Number.MAX_VALUE);
  });
});

test('means are meaningful if at least half of the groups have several trials', () => {
  const repeated = (...keys: string[]) => areRepeated(grouped(keys.map((key) => [key, 1])));
  assert.equal(repeated(), false);
  assert.equal(repeated('a'), false);
  assert.equal(repeated('a', 'a'), true);
  assert.equal(repeated('a', 'b'), false);
  assert.equal(repeated('a', 'a', 'b'), true);
  assert.equal(repeated('a', 'a', 'b', 'c'), false);
});
