import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CheckpointRole, RunRecord } from '../../../src/registry/kinds/record.js';
import { NO_CHECKPOINTS, withRecords } from '../../../src/tracking/mlflow/kept-checkpoints.js';
import { config } from '../../rig.js';

const stage = 'train';
const validation = (step: number, value: number): RunRecord => ({ kind: 'metric', stage, name: 'validate/AtoB/psnr', step, time: step, value }); // prettier-ignore
const checkpoint = (name: CheckpointRole, step: number, value: number): RunRecord => {
  const kept = { dir: `train/checkpoints/${step}`, epoch: step, metrics: { 'AtoB/psnr': value } };
  return { kind: 'checkpoint', stage, name, step, time: step, value: kept };
};

describe('the kept checkpoints of a training', () => {
  test('have the values of their validations once', () => {
    const { points } = withRecords(NO_CHECKPOINTS, [validation(4, 9), checkpoint('best', 4, 9)], { config: config() });
    assert.deepEqual(points.map(({ step, value }) => [step, value]), [[4, 9]]); // prettier-ignore
  });

  test('have them too where an earlier checkpoint becomes the best, of which nothing was remembered', () => {
    const records = [validation(4, 9), validation(8, 5), checkpoint('best', 8, 5), checkpoint('best', 4, 9)];
    const { kept, points } = withRecords(NO_CHECKPOINTS, records, { config: config() });
    assert.deepEqual(kept.map(({ step, roles }) => [step, roles]), [[4, ['best']]]); // prettier-ignore
    const own = points.filter(({ step }) => step === 4);
    assert.deepEqual(own.map(({ key, value, on }) => [key, value, on]), [['validate/AtoB/psnr', 9, 'validation']]); // prettier-ignore
  });
});
