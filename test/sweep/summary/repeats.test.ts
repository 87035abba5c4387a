import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markdown } from '../../../src/sweep/summary/markdown.js';
import { bestRepeats, isSeed } from '../../../src/sweep/summary/repeats.js';
import { LAMBDAS, sweep } from '../page/rig.js';

/** A lucky seed for the first weight; the second is better with each of the others. */
const LUCKY = [
  [1, 42, 20],
  [1, 43, 10],
  [5, 42, 16],
  [5, 43, 17],
].map(([lambda, seed, value]) => ({ params: { 'loss.lambda': lambda!, seed: seed! }, value: value! }));

test('the best repeats have the best mean over seeds, not necessarily the best trial', () => {
  const found = bestRepeats(sweep(LUCKY));
  assert.equal(found?.key, 'lambda=5');
  assert.equal(found.mean, 16.5);
  // Sample deviation: the square root of 0.5² + 0.5².
  assert.ok(Math.abs(found.deviation! - Math.SQRT1_2) < 1e-12);
  assert.match(
    markdown(sweep(LUCKY)),
    /Best by psnr \(higher is better\): \*\*lambda=1, seed=42\*\*, 20 dB\. On average over 2 seeds: \*\*lambda=5\*\*, 16\.50 dB ± 0\.71\./,
  );
});

test('the best repeats have the lowest mean if lower is better', () => {
  const metric = { name: 'psnr', better: 'lower' } as const;
  assert.equal(bestRepeats(sweep(LUCKY, { metric }))?.key, 'lambda=1');
});

test('trials without a finite value are no repeats', () => {
  const trials = LAMBDAS.map((made) => (made.params['loss.lambda'] === 100 ? { ...made, value: Infinity } : made));
  assert.equal(bestRepeats(sweep(trials))?.key, 'lambda=10');
});

test('there are no best repeats if there is nothing to compare', () => {
  assert.equal(bestRepeats(sweep([])), undefined);
  assert.equal(bestRepeats(sweep(LUCKY.slice(0, 2))), undefined, 'one weight with two seeds');
  assert.equal(bestRepeats(sweep(LUCKY.filter(({ params }) => params.seed === 42))), undefined, 'one seed');
  const noSeeds = LUCKY.map(({ params, value }) => ({ params: { 'loss.lambda': params['loss.lambda'] }, value }));
  assert.equal(bestRepeats(sweep(noSeeds)), undefined, 'no seeds');
});

test('an option called seed marks repeats anywhere in the config', () => {
  const paths = ['seed', 'dataset.seed', 'seeds', 'seed.of', 'generator.unseed', 'loss.lambda'];
  assert.deepEqual(
    paths.filter((path) => isSeed({ path })),
    ['seed', 'dataset.seed'],
  );
});

const tried = (lambda: number | string, seed: number, value: number) => ({
  params: { 'loss.lambda': lambda, seed },
  value,
});

test('values with a single seed are not compared, however good they are', () => {
  const trials = [...LUCKY, { params: { 'loss.lambda': 9, seed: 42 }, value: 30 }];
  assert.equal(bestRepeats(sweep(trials))?.key, 'lambda=5');
});

test('the first of equal means is best, and any better mean beats it', () => {
  const equal = [tried(1, 42, 10), tried(1, 43, 12), tried(5, 42, 11), tried(5, 43, 11)];
  assert.equal(bestRepeats(sweep(equal))?.key, 'lambda=1');
  const close = [tried(1, 42, 10), tried(1, 43, 12), tried(5, 42, 10.5), tried(5, 43, 11)];
  assert.equal(bestRepeats(sweep(close))?.key, 'lambda=1');
  assert.equal(bestRepeats(sweep([...close].reverse()))?.key, 'lambda=1');
});

test('a sweep over seeds only has no best repeats', () => {
  assert.equal(bestRepeats(sweep([42, 43, 44].map((seed) => ({ params: { seed }, value: seed })))), undefined);
});

test('trials whose values only look alike are no repeats', () => {
  const alike = [5, '5', 7, '7'].map((lambda, value) => ({ params: { 'loss.lambda': lambda }, value }));
  assert.equal(bestRepeats(sweep(alike)), undefined);
});
