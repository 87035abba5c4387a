import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from '../../../src/registry/config.js';
import { periodAskedFor } from '../../../src/evaluation/evaluate-section.js';
import { validationSchedule } from '../../../src/training/validation/schedule.js';
import { config } from '../../rig.js';

const STEPS_PER_EPOCH = 3;

/** The steps at which validations are due. */
function due(
  epochs: number,
  evaluate: Partial<Config['evaluate']>,
  images = 0,
  decides: Partial<Config['train']> = {},
): number[] {
  const defaults = config();
  const whole = {
    dataset: defaults.dataset,
    evaluate: { ...defaults.evaluate, ...evaluate },
    train: { ...defaults.train, epochs, ...decides },
  };
  const schedule = validationSchedule(whole, { stepsPerEpoch: STEPS_PER_EPOCH, images });
  const steps = Array.from({ length: epochs * STEPS_PER_EPOCH + 1 }, (_, step) => step);
  return steps.filter((step) => schedule?.isDue(step));
}

describe('validations are due', () => {
  test('before training, every so many epochs, and after the last', () => {
    assert.deepEqual(due(5, { every: 2 }), [0, 6, 12, 15]);
  });

  test('about 20 times by default, and not more often than each epoch', () => {
    assert.deepEqual(due(4, {}), [0, 3, 6, 9, 12]);
    assert.equal(due(200, { every: 'auto' }).length, 21);
    assert.deepEqual(due(200, {}).slice(0, 3), [0, 30, 60]);
  });

  test('less often by default where they would take too much of the time', () => {
    // 60 steps, of which 5% are 3: as much as 15 images.
    assert.deepEqual(due(20, {}, 5), [0, 30, 60]);
    assert.deepEqual(due(20, {}, 1000), [0, 60]);
    assert.equal(due(20, { every: 1 }, 1000).length, 21);
  });

  test('by default at least 5 times, or each epoch, where the training decides by them, however long they take', () => {
    const keep_best = { metric: 'psnr', direction: 'both', better: null } as const;
    const early_stopping = { ...keep_best, patience: 5, min_delta: 0 };
    assert.deepEqual(due(20, {}, 1000, { keep_best }), [0, 12, 24, 36, 48, 60]);
    assert.deepEqual(due(3, {}, 1000, { keep_best }), [0, 3, 6, 9]);
    assert.deepEqual(due(20, {}, 1000, { early_stopping }).slice(0, 3), [0, 6, 12], 'it can stop at half of the way');
    assert.deepEqual(due(20, {}, 1000, { keep_best: null, early_stopping: null }), [0, 60]);
  });

  test('every so many steps too', () => {
    assert.deepEqual(due(2, { every: 1, every_steps: 2 }), [0, 2, 3, 4, 6]);
    assert.deepEqual(due(3, { every: 'never', every_steps: 4 }), [0, 4, 8, 9]);
  });

  test('never if the config says so', () => {
    assert.deepEqual(due(3, { every: 'never' }), []);
  });
});

test('validations are asked for by a number of epochs or steps, not by the default', () => {
  const { evaluate } = config();
  const asked = (more: Partial<Config['evaluate']>) => periodAskedFor({ ...evaluate, ...more });
  assert.deepEqual([asked({}), asked({ every: 'never' })], [undefined, undefined]);
  assert.deepEqual([asked({ every: 3 }), asked({ every_steps: 3 })], ['every', 'every_steps']);
});
