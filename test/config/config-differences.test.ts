import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { configDifferences, optionDifferences, sharedNumber } from '../../src/config/config-differences.js';
import type { Json } from '../../src/support/json.js';

const differ = (...configs: readonly (Json | undefined)[]) =>
  configDifferences(configs).map(({ path, values }) => [path.join('.'), ...values]);

describe('the differences of configs', () => {
  test('are the values that differ, in the order of the keys, whatever that order is', () => {
    assert.deepEqual(differ({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }), []);
    assert.deepEqual(differ({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 4, c: 2 }, a: 5 }), [
      ['a', 1, 5],
      ['b.d', 3, 4],
    ]);
  });

  test('may be of any number of configs, some of which lack a key or a section', () => {
    assert.deepEqual(differ({ a: 1, s: { x: 1, y: 'z' } }, { a: 1 }, { a: 2, s: { x: 2, y: 'z' } }), [
      ['a', 1, 1, 2],
      ['s.x', 1, undefined, 2],
      ['s.y', 'z', undefined, 'z'],
    ]);
    assert.deepEqual(differ({ s: {} }, {}), [['s', {}, undefined]]);
    assert.deepEqual(differ({ a: null }, {}), [['a', null, undefined]]);
  });

  test('have one value for members that share a number in each config, else one for each member', () => {
    const lambda = (forward: number, backward: number) => ({ lambda: { forward, backward } });
    assert.deepEqual(differ(lambda(10, 10), lambda(5, 5), {}), [['lambda', 10, 5, undefined]]);
    assert.deepEqual(differ(lambda(10, 10), lambda(10, 5)), [['lambda.backward', 10, 5]]);
    assert.deepEqual(differ(lambda(10, 10), { lambda: null }), [['lambda', 10, null]]);
    assert.deepEqual(differ({ a: { x: 1, y: 1 } }, { a: { z: 1, w: 1 } }).length, 4, 'other members');
    assert.deepEqual(sharedNumber({ only: 1 }), undefined);
  });

  test('are by option in lists of the same components, else the whole list is one value', () => {
    const [psnr, narrow, wide] = ['psnr', { type: 'ssim', window: 7 }, { type: 'ssim', window: 11 }];
    assert.deepEqual(differ({ m: [psnr, narrow] }, { m: [psnr, wide] }), [['m.ssim.window', 7, 11]]);
    assert.deepEqual(differ({ m: [psnr, narrow] }, { m: [narrow, psnr] }), [['m', [psnr, narrow], [narrow, psnr]]]);
    assert.deepEqual(differ({ m: [psnr] }, { m: [psnr, wide] }), [['m', [psnr], [psnr, wide]]]);
    assert.deepEqual(differ({ m: [1, 2] }, { m: [1, 3] }), [['m', [1, 2], [1, 3]]]);
  });

  test('of a component that one config only names are its options where a table asks for them', () => {
    const configs = [{ m: ['ssim'] }, { m: [{ type: 'ssim', window: 7 }] }];
    assert.deepEqual(differ(...configs), [['m.ssim', 'ssim', { type: 'ssim', window: 7 }]]);
    assert.deepEqual(optionDifferences(configs), [{ path: ['m', 'ssim', 'window'], values: [undefined, 7] }]);
  });
});
