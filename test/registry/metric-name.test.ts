import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { meanOverDirections, metricPath, parseMetricName } from '../../src/registry/metric-name.js';

describe('the name of a recorded value', () => {
  const cases = [
    ['psnr', '', null, 'psnr', null],
    ['pr/precision', '', null, 'pr', 'precision'],
    ['AtoB/psnr', '', 'AtoB', 'psnr', null],
    ['BtoA/pr/precision', '', 'BtoA', 'pr', 'precision'],
    ['validate/psnr', 'validate', null, 'psnr', null],
    ['validate/pr/recall', 'validate', null, 'pr', 'recall'],
    ['validate/AtoB/pr/recall', 'validate', 'AtoB', 'pr', 'recall'],
    ['again/BtoA/psnr', 'again', 'BtoA', 'psnr', null],
    ['loss/cycle/forward', '', null, 'loss', 'cycle/forward'],
  ] as const;

  test('has a source, a direction, a metric and a part, and can be put together again', () => {
    for (const [path, source, direction, metric, part] of cases) {
      const name = part === null ? metric : `${metric}/${part}`;
      assert.deepEqual(parseMetricName(path), { source, direction, name, metric, part }, path);
      assert.equal(metricPath({ source, direction, name }), path);
    }
  });
});

test('a mean over directions needs a value of each', () => {
  assert.equal(meanOverDirections([1, 4]), 2.5);
  assert.equal(meanOverDirections([3]), 3);
  assert.equal(meanOverDirections([1, undefined]), undefined);
  assert.equal(meanOverDirections([null, 4]), undefined);
  assert.equal(meanOverDirections([]), undefined);
  assert.ok(Number.isNaN(meanOverDirections([NaN, 4])));
});
