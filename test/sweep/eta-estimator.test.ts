import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SweepSnapshot } from '../../src/sweep/sweep-events.js';
import { roundsOf } from '../../src/sweep/halving.js';
import { EtaEstimator } from '../../src/sweep/eta-estimator.js';

type Running = SweepSnapshot['running'][number];

/** @param trained share of the training that is done */
const at = (trained: number): Running => ({
  trial: { id: 1, label: '', run: '', params: {} },
  progress: { kind: 'progress', stage: 'any', unit: 'images', done: 45, total: 90, trained },
});

describe('the time left of a sweep', () => {
  const rounds = roundsOf(null, 10);

  test('is unknown before the first trial is done', () => {
    assert.equal(
      new EtaEstimator().secondsLeft({ running: [at(0.5)], queued: 3, trials: 4, factor: 1 }, rounds),
      undefined,
    );
  });

  test('follows the time of finished trials, less the progress of running ones', () => {
    const pace = new EtaEstimator();
    pace.addTrial(90, rounds[0]);
    pace.addTrial(110, rounds[0]);
    const running = [at(0.5), at(1)];
    assert.equal(pace.secondsLeft({ running, queued: 2, trials: 6, factor: 1 }, rounds), (2.5 * 100) / 2);
  });

  test('counts a trial that prepares in full, and one that evaluates not at all', () => {
    const pace = new EtaEstimator();
    pace.addTrial(100, rounds[0]);
    const left = (trained: number) =>
      pace.secondsLeft({ running: [at(trained)], queued: 0, trials: 2, factor: 1 }, rounds);
    assert.deepEqual([left(0), left(1)], [100, 0]);
  });

  test('includes later rounds of successive halving, with the trials that will continue', () => {
    const pace = new EtaEstimator();
    const halved = roundsOf({ metric: 'loss', better: 'lower', epochs: 2, factor: 3 }, 18);
    // 10 seconds per epoch.
    pace.addTrial(20, halved[0]);
    const running = [at(0), at(0)];
    // 8 trials of 2 epochs, two at once; then 3 of 4 more; then 1 of 12 more.
    const inAll = 10 * ((8 * 2) / 2 + 2 * 4 + 12);
    assert.equal(pace.secondsLeft({ running, queued: 6, trials: 9, factor: 3 }, halved), inAll);
    // 10 epochs of 18 are 4 of the last round's 12.
    const last = { running: [at(50 / 90)], queued: 0, trials: 1, factor: 3 };
    assert.equal(Math.round(pace.secondsLeft(last, [halved[2]!])!), 10 * 8);
  });
});
