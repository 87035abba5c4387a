import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricLines } from '../../src/cli/metric-lines.js';

test('metrics are a line a direction, in columns', () => {
  const metrics = { 'AtoB/psnr': 7.123456, 'AtoB/ssim': 0.5, 'BtoA/psnr': 11, 'BtoA/fid': NaN, overall: 3 };
  assert.deepEqual(metricLines(metrics), [
    'AtoB  psnr 7.123  ssim 0.5000',
    'BtoA  psnr 11                  fid NaN',
    '                                        overall 3',
  ]);
});
