import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtins } from '../../../src/app/builtins.js';
import type { Config, HalvingOptions } from '../../../src/registry/config.js';
import type { StageEvent } from '../../../src/registry/kinds/stage-event.js';
import { config } from '../../rig.js';
import { PausePoint } from '../../../src/sweep/trial/pause-point.js';
import { curvesOf, hasTrained, trainedShare, valueAfterEpoch } from '../../../src/sweep/trial/rung.js';

const view = (metrics: Config['evaluate']['metrics']) => {
  const defaults = config();
  return { config: { ...defaults, evaluate: { ...defaults.evaluate, metrics } }, components: builtins() };
};
const training = (step: number) => ({ epoch: 1 + Math.floor((step - 1) / 10), epochs: 4, step, stepsPerEpoch: 10 });

describe('the progress of a trial', () => {
  test('is the share of its steps while it trains, in a stage of any scope', () => {
    assert.equal(trainedShare({ training: training(10) }, 'run'), 0.25);
    assert.equal(trainedShare({ training: training(40) }, 'shared'), 1);
  });

  test('is zero in a shared stage, and complete in a run’s stage that does not train', () => {
    assert.equal(trainedShare({}, 'shared'), 0);
    assert.equal(trainedShare({}, 'run'), 1);
  });

  test('reaches an epoch with the last step of that epoch', () => {
    assert.deepEqual(
      [19, 20, 21].map((step) => hasTrained(training(step), 2)),
      [false, true, true],
    );
  });
});

const halving = (metric: string): HalvingOptions => ({ metric, better: 'lower', epochs: 2, factor: 2 });

describe('the value by which a trial is chosen', () => {
  const valueOf = async (
    metric: string,
    records: readonly (readonly [name: string, step: number, value: number])[],
    metrics: Config['evaluate']['metrics'] = ['psnr'],
  ) => {
    const dir = mkdtempSync(join(tmpdir(), 'rung-'));
    try {
      const lines = records.map(([name, step, value]) => JSON.stringify({ kind: 'metric', name, step, value }));
      writeFileSync(join(dir, 'journal.jsonl'), lines.join('\n'));
      return await valueAfterEpoch(dir, curvesOf(halving(metric), view(metrics)), 2, 10);
    } finally {
      rmSync(dir, { recursive: true });
    }
  };

  test('is the mean of a loss over the epoch', async () => {
    const records = [['loss/a', 10, 99], ['loss/a', 11, 1], ['loss/a', 20, 3], ['loss/a', 21, 99], ['loss/b', 15, 99]] as const; // prettier-ignore
    assert.equal(await valueOf('loss/a', records), 2);
    assert.equal(await valueOf('loss/c', records), undefined);
  });

  test('is the last validation by the end of the epoch, of a direction or the mean of both', async () => {
    const records = [
      ...[['validate/AtoB/psnr', 0, 99], ['validate/AtoB/psnr', 15, 4], ['validate/AtoB/psnr', 30, 99]] as const, // prettier-ignore
      ...[['validate/BtoA/psnr', 0, 99], ['validate/BtoA/psnr', 15, 8], ['validate/BtoA/psnr', 30, 99]] as const, // prettier-ignore
    ];
    assert.equal(await valueOf('validate/AtoB/psnr', records), 4);
    assert.equal(await valueOf('validate/psnr', records), 6);
  });

  test('is not the validation of the untrained networks', async () => {
    const records = [['validate/AtoB/psnr', 0, 99], ['validate/BtoA/psnr', 0, 99]] as const; // prettier-ignore
    assert.equal(await valueOf('validate/AtoB/psnr', records), undefined);
    assert.equal(await valueOf('validate/psnr', records), undefined);
  });

  test('is no mean if a direction has no value, and that of the only direction in which a metric is measured', async () => {
    const records = [['validate/AtoB/psnr', 20, 4], ['validate/AtoB/rate', 20, 0.5]] as const; // prettier-ignore
    assert.equal(await valueOf('validate/psnr', records), undefined);
    const rate = { type: 'class-rate', name: 'rate', class: 1, extractor: { type: 'efficientnet-lite0' } };
    assert.equal(await valueOf('validate/rate', records, [rate]), 0.5);
  });
});

describe('a trial pauses for the choice', () => {
  const step = (done: number): StageEvent => ({ kind: 'progress', unit: 'steps', done, total: 40, training: training(done) }); // prettier-ignore
  const share = (at: number): StageEvent => ({ kind: 'metric', name: 'time/validation-share', step: at, value: 0.1 });
  const reached = (metric: string, events: readonly StageEvent[]) => {
    const point = new PausePoint(2, halving(metric));
    return events.map((event) => point.isReached(event));
  };

  test('after the last step of the epoch', () => {
    assert.deepEqual(reached('loss/a', [step(19), share(19), step(20)]), [false, false, true]);
  });

  test('after the validation of that epoch if this decides', () => {
    const events = [step(10), share(10), step(20), share(20)];
    assert.deepEqual(reached('validate/psnr', events), [false, false, false, true]);
  });

  test('after one more step if no validation is due there', () => {
    assert.deepEqual(reached('validate/psnr', [step(20), step(21)]), [false, true]);
  });
});
