import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SweepOptions } from '../../../src/registry/config.js';
import { readAssignments } from '../../../src/config/overrides.js';
import { toJson } from '../../../src/config/config-tree.js';
import { draws, rangeProblems } from '../../../src/sweep/spec/draws.js';
import { pointCount, pointsOf } from '../../../src/sweep/spec/points.js';

const NOTHING: SweepOptions = {
  name: null,
  grid: {},
  trials: [],
  random: null,
  repeats: 1,
  metric: null,
  better: null,
  halving: null,
};

/** `lambda=1 seed=3` for each point. */
function points(typed: readonly string[], options: Partial<SweepOptions> = {}): string[] {
  const { assignments, problems } = readAssignments(typed, '/');
  assert.deepEqual(problems, []);
  const variation = { assignments, options: { ...NOTHING, ...options }, tree: undefined, seed: 42 };
  const all = pointsOf(variation);
  assert.equal(all.length, pointCount(variation));
  return all.map((point) =>
    point.map(({ path, choice }) => `${path.at(-1)!}=${JSON.stringify(toJson(choice.value))}`).join(' '),
  );
}

test('a grid of --set gives every combination, the last varying fastest', () => {
  assert.deepEqual(points(['loss.lambda=5,10', 'generator.type=unet,resnet']), [
    'lambda=5 type="unet"',
    'lambda=5 type="resnet"',
    'lambda=10 type="unet"',
    'lambda=10 type="resnet"',
  ]);
});

test('a single value applies to all points', () => {
  assert.deepEqual(points(['train.epochs=3', 'loss.lambda=5,10']), ['epochs=3 lambda=5', 'epochs=3 lambda=10']);
});

test('a grid over lists keeps the lists', () => {
  assert.deepEqual(points(['evaluate.metrics=[psnr],[ssim,psnr]']), ['metrics=["psnr"]', 'metrics=["ssim","psnr"]']);
});

test('a config without variation gives one point, the config itself', () => {
  assert.deepEqual(points([]), ['']);
});

test('the file’s grid, list and repeats are combined', () => {
  const options: Partial<SweepOptions> = {
    grid: { 'loss.lambda': [1, 2] },
    trials: [{ 'train.epochs': 5 }, { 'loss.identity': 0 }],
    repeats: 2,
  };
  assert.deepEqual(points([], options), [
    'lambda=1 epochs=5 seed=42',
    'lambda=1 epochs=5 seed=43',
    'lambda=1 identity=0 seed=42',
    'lambda=1 identity=0 seed=43',
    'lambda=2 epochs=5 seed=42',
    'lambda=2 epochs=5 seed=43',
    'lambda=2 identity=0 seed=42',
    'lambda=2 identity=0 seed=43',
  ]);
});

test('--set replaces the file’s grid on the same key', () => {
  assert.deepEqual(points(['loss.lambda=7'], { grid: { 'loss.lambda': [1, 2] } }), ['lambda=7']);
});

test('repeats may name the seeds', () => {
  assert.deepEqual(points([], { repeats: [7] }), ['seed=7']);
});

test('draws are the same for the same seed, and do not change with more draws or keys', () => {
  const ranges = {
    'loss.lambda': { min: 1, max: 100, scale: 'log' },
    'generator.width': { min: 16, max: 64, step: 16 },
  } as const;
  const two = draws({ trials: 2, seed: 1, ranges });
  assert.deepEqual(draws({ trials: 5, seed: 1, ranges }).slice(0, 2), two);
  const fewer = draws({ trials: 2, seed: 1, ranges: { 'loss.lambda': ranges['loss.lambda'] } });
  assert.deepEqual(
    fewer.map((draw) => draw['loss.lambda']),
    two.map((draw) => draw['loss.lambda']),
  );
  assert.notDeepEqual(draws({ trials: 2, seed: 2, ranges }), two);
});

test('draws lie in their ranges, evenly on their scale', () => {
  const many = draws({
    trials: 2000,
    seed: 3,
    ranges: {
      log: { min: 1, max: 10000, scale: 'log' },
      linear: { min: -1, max: 1 },
      step: { min: 16, max: 64, step: 16 },
      values: { values: ['a', 'b'] },
    },
  });
  const share = (is: (draw: Record<string, unknown>) => boolean) => many.filter(is).length / many.length;
  assert.ok(Math.abs(share(({ log }) => (log as number) < 100) - 0.5) < 0.05);
  assert.ok(Math.abs(share(({ linear }) => (linear as number) < 0) - 0.5) < 0.05);
  assert.ok(many.every(({ log, linear }) => Number(log) >= 1 && Number(log) <= 10000 && Math.abs(Number(linear)) <= 1));
  assert.deepEqual([...new Set(many.map(({ step }) => step))].sort(), [16, 32, 48, 64]);
  assert.ok(Math.abs(share(({ step }) => step === 64) - 0.25) < 0.05);
  assert.ok(Math.abs(share(({ values }) => values === 'a') - 0.5) < 0.05);
});

for (const [what, range, message] of [
  ['nothing', {}, 'expected min and max, or values.'],
  ['min above max', { min: 2, max: 1 }, 'expected min below max, found 2 and 1.'],
  ['a log scale from zero', { min: 0, max: 1, scale: 'log' }, 'expected min above 0 for scale: log, found 0.'],
  ['values and min', { values: [1], min: 1 }, 'expected only values, or min and max.'],
  ['steps on a log scale', { min: 1, max: 9, scale: 'log', step: 2 }, 'expected step without scale: log.'],
] as const) {
  test(`a range of ${what} is refused`, () => {
    const problems = rangeProblems({ trials: 1, seed: 0, ranges: { x: range as never } });
    assert.deepEqual(problems, [{ path: ['random', 'ranges', 'x'], message }]);
  });
}
