import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TrialState } from '../../../src/sweep/summary/sweep-summary.js';
import { counted, meanText, measured, numberText, optimizedNote } from '../../../src/sweep/summary/summary-text.js';
import { sweep } from '../page/rig.js';

const inStates = (...states: TrialState[]) => sweep(states.map((state) => ({ params: {}, state })));

describe('trials are counted', () => {
  test('by state, successful states first, without empty states', () => {
    assert.equal(
      counted(inStates('failed', 'done', 'crashed', 'done', 'queued', 'done')),
      '6 trials: 3 done, 1 queued, 1 crashed, 1 failed.',
    );
    assert.equal(
      counted(
        inStates(
          'failed',
          'crashed',
          'cancelled',
          'stopped',
          'queued',
          'running',
          'paused',
          'pruned',
          'done',
          'failed',
        ),
      ),
      '10 trials: 1 done, 1 pruned, 1 paused, 1 running, 1 queued, 1 stopped, 1 cancelled, 1 crashed, 2 failed.',
    );
  });

  test('in the singular if there is one', () => {
    assert.equal(counted(inStates('running')), '1 trial: 1 running.');
  });
});

test('a value is a short number, or a dash if there is none that is finite', () => {
  assert.deepEqual([0.16678, 0, null, undefined, NaN, Infinity].map(numberText), ['0.1668', '0', '–', '–', '–', '–']);
});

test('a measured value has its unit if it is finite and has one', () => {
  assert.equal(measured(17.8, { name: 'psnr', better: 'higher', unit: 'dB' }), '17.80 dB');
  assert.equal(measured(17.8, { name: 'ssim', better: 'higher' }), '17.80');
  assert.equal(measured(null, { name: 'psnr', better: 'higher', unit: 'dB' }), '–');
  assert.equal(measured(NaN, { name: 'psnr', better: 'higher', unit: 'dB' }), '–');
});

test('a unit cannot reverse the direction of the text', () => {
  assert.equal(measured(1, { name: 'mine', better: 'lower', unit: 'a\u202eb' }), '1 a\\u202eb');
});

describe('a mean', () => {
  const psnr = { name: 'psnr', better: 'higher', unit: 'dB' } as const;
  const plain = { name: 'mine', better: 'lower' } as const;

  test('is followed by its deviation, with the same decimals', () => {
    assert.equal(meanText({ mean: 19.14, deviation: 0.284 }, psnr), '19.14 dB ± 0.28');
    assert.equal(meanText({ mean: -1.5, deviation: 0.25 }, plain), '-1.500 ± 0.250');
    assert.equal(meanText({ mean: 0.1668, deviation: 0.01234 }, plain), '0.1668 ± 0.0123');
  });

  test('without decimals has a deviation in its own format', () => {
    assert.equal(meanText({ mean: 0, deviation: 3.14159 }, plain), '0 ± 3.142');
    assert.equal(meanText({ mean: 0.00002, deviation: 0.5 }, plain), '2.00e-5 ± 0.5000');
  });

  test('of a single trial has no deviation', () => {
    assert.equal(meanText({ mean: 19.14, deviation: undefined }, psnr), '19.14 dB');
  });
});

describe('a caution is given', () => {
  test('if the sweep varies a loss weight of the metric', () => {
    assert.equal(
      optimizedNote({ name: 'cycle-error', better: 'lower', optimizedBy: ['loss.lambda'] }),
      'Caution: loss.lambda is a weight of cycle-error in the loss, so raising it improves cycle-error regardless of translation quality; choose another with --metric.',
    );
  });

  test('in the plural if there are several', () => {
    assert.equal(
      optimizedNote({ name: 'cycle-error', better: 'lower', optimizedBy: ['loss.lambda.forward', 'loss.identity'] }),
      'Caution: loss.lambda.forward and loss.identity are weights of cycle-error in the loss, so raising them improves cycle-error regardless of translation quality; choose another with --metric.',
    );
  });

  test('only in these cases', () => {
    assert.equal(optimizedNote({ name: 'psnr', better: 'higher' }), '');
    assert.equal(optimizedNote({ name: 'psnr', better: 'higher', optimizedBy: [] }), '');
  });
});
