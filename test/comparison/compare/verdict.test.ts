import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RecordedValue } from '../../../src/evaluation/recorded-values.js';
import { judge, type Sample } from '../../../src/comparison/compare/verdict.js';
import { keyedRandom } from '../../../src/support/keyed-random.js';

/** Values of images, of which some are much harder than others. */
function scores(count: number, of: (difficulty: number, noise: number) => number): Map<string, number> {
  const random = keyedRandom('images');
  const values = Array.from({ length: count }, () => [random.float(), random.float()] as const);
  return new Map(values.map(([difficulty, noise], i) => [`testA/${i}.jpg`, of(difficulty, noise)]));
}

/** With the mean of the images' values as its value. */
function meanOf(scores: ReadonlyMap<string, number>, measured: Partial<RecordedValue> = {}): Sample {
  const value = [...scores.values()].reduce((a, b) => a + b) / scores.size;
  return sample({ value, ...measured }, { scores });
}

function sample(measured: Partial<RecordedValue> | undefined, own: Partial<Sample> = {}): Sample {
  const usual = { value: 18, count: 20, better: 'higher', unit: 'dB' } as const;
  return { measured: measured && { ...usual, ...measured }, options: 'psnr', scores: undefined, ...own };
}

const verdictOf = (first: Sample, run: Sample) => {
  const { verdict, by } = judge(first, run, undefined);
  return [verdict, by];
};

describe('the verdict on two runs', () => {
  test('is of the paired difference over the images, with the interval that the central limit theorem gives', () => {
    const first = scores(400, (difficulty) => 10 + 20 * difficulty);
    const run = scores(400, (difficulty, noise) => 10.5 + 20 * difficulty + noise);
    const differences = [...run].map(([name, value]) => value - first.get(name)!);
    const mean = differences.reduce((a, b) => a + b) / 400;
    const half = (1.96 * Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / 400)) / 20;
    const verdict = judge(meanOf(first), meanOf(run), undefined);
    const [low, high] = verdict.interval!;
    assert.ok(
      Math.abs(low - (mean - half)) < 0.2 * half && Math.abs(high - (mean + half)) < 0.2 * half,
      `${low} ${high}`,
    );
    assert.deepEqual(
      [verdict.verdict, verdict.by, verdict.images, rounded(verdict.difference!)],
      ['better', 'images', 400, rounded(mean)],
    );
  });

  test('tells runs apart by their images where the intervals of their means overlap', () => {
    const interval = [14, 22] as const;
    const first = meanOf(
      scores(40, (difficulty) => 30 * difficulty),
      { interval },
    );
    const run = meanOf(
      scores(40, (difficulty, noise) => 30 * difficulty + 0.1 + noise),
      { interval },
    );
    assert.deepEqual(verdictOf(first, run), ['better', 'images']);
    assert.deepEqual(verdictOf(run, first), ['worse', 'images']);
    assert.deepEqual(verdictOf({ ...first, scores: undefined }, run), ['cannot be told apart', 'intervals']);
  });

  test('is that equal runs and differences around zero cannot be told apart', () => {
    const first = meanOf(scores(40, (difficulty) => difficulty));
    const run = meanOf(scores(40, (difficulty, noise) => difficulty + noise - 0.5));
    assert.deepEqual(verdictOf(first, first), ['cannot be told apart', 'images']);
    assert.deepEqual(verdictOf(first, run), ['cannot be told apart', 'images']);
  });

  test('goes by what the metric says is better', () => {
    const [low, high] = [{ interval: [1, 2] }, { interval: [3, 4] }] as const;
    assert.deepEqual(verdictOf(sample(low), sample(high)), ['better', 'intervals']);
    assert.deepEqual(verdictOf(sample(high), sample(low)), ['worse', 'intervals']);
    const lower = { better: 'lower' } as const;
    assert.deepEqual(verdictOf(sample({ ...low, ...lower }), sample({ ...high, ...lower })), ['worse', 'intervals']);
    assert.deepEqual(verdictOf(sample({ interval: [1, 3] }), sample(high)), ['cannot be told apart', 'intervals']);
  });

  test('is none by a metric that only finds faults, or where which values are better is not recorded', () => {
    const [low, high] = [{ interval: [1, 2] }, { interval: [3, 4] }] as const;
    const fault = { better: undefined, diagnostic: true } as const;
    const found = judge(sample({ ...low, ...fault }), sample({ ...high, ...fault }), undefined);
    assert.deepEqual([found.verdict, found.difference], ['not comparable', null]);
    assert.match(found.reason, /only finds faults/);
    const unknown = { better: undefined } as const;
    assert.match(
      judge(sample({ ...low, ...unknown }), sample({ ...high, ...unknown }), undefined).reason,
      /not recorded/,
    );
  });

  test('is none between features of other weights', () => {
    const [own, other] = ['a', 'b'].map((file) => sample({ interval: [1, 2] }, { weights: { file } }));
    assert.match(judge(own!, other!, undefined).reason, /other weights/);
    assert.equal(judge(own!, own!, undefined).verdict, 'cannot be told apart');
  });

  test('is none without intervals, and none from a handful of images', () => {
    const none = judge(sample({}), sample({ value: 20, interval: [19, 21] }), undefined);
    assert.deepEqual(
      [none.verdict, none.by, none.difference, none.reason],
      ['no interval', null, 2, 'the first run has none'],
    );
    const [first, run] = [meanOf(scores(4, (difficulty) => difficulty)), meanOf(scores(4, () => 9))];
    const [verdict, by] = verdictOf(first, run);
    assert.deepEqual([verdict, by], ['no interval', null]);
  });

  test('refuses values that were not measured in the same way, and says why', () => {
    const interval = [1, 2] as const;
    const refused = (first: Sample, run: Sample, otherImages?: string) => {
      const { verdict, reason, difference } = judge(first, run, otherImages);
      assert.deepEqual([verdict, difference], ['not comparable', null]);
      return reason;
    };
    const usual = sample({ interval });
    assert.match(refused(usual, sample({ interval, count: 40 })), /on 40 images, the first run on 20/);
    assert.match(refused(usual, sample({ interval }, { options: { type: 'psnr', range: 2 } })), /other options/);
    assert.match(refused(usual, sample({ interval, better: 'lower' })), /not the same/);
    assert.match(refused(usual, sample(undefined)), /this run has no such value/);
    assert.match(refused(sample(undefined), usual), /the first run has no such value/);
    assert.match(refused(usual, sample({ interval, value: NaN })), /this run has no finite value/);
    assert.equal(refused(usual, usual, 'the test images are others'), 'the test images are others');
  });

  test('does not pair values of images whose mean is not the value of the metric', () => {
    const interval = [1, 2] as const;
    const scored = scores(20, (difficulty) => difficulty);
    assert.deepEqual(verdictOf(meanOf(scored, { interval }), meanOf(scored, { interval })), [
      'cannot be told apart',
      'images',
    ]);
    const other = sample({ value: 7, interval }, { scores: scored });
    assert.deepEqual(verdictOf(meanOf(scored, { interval }), other), ['cannot be told apart', 'intervals']);
  });

  test('pairs the images whose values are there, where an evaluation has kept some of them', () => {
    const [first, run] = [scores(50, (difficulty) => difficulty), scores(50, (difficulty) => difficulty + 0.25)];
    const [all, some] = [
      { value: 0.47, count: 200 },
      { value: 0.71, count: 200 },
    ];
    const { verdict, difference, images, reason } = judge(meanOf(first, all), meanOf(run, some), undefined);
    assert.deepEqual(
      [verdict, rounded(difference!), images, reason],
      ['better', 0.25, 50, 'over 50 of the same 200 images'],
    );
    // A mean that is far from those of the images kept is of something else.
    const far = judge(meanOf(first, all), meanOf(run, { ...some, value: 1.5 }), undefined);
    assert.equal(far.verdict, 'no interval');
  });

  test('falls back on the intervals where a value of an image is infinite, or images are missing', () => {
    const interval = [1, 2] as const;
    const whole = scores(20, (difficulty) => difficulty);
    const perfect = new Map(whole).set('testA/0.jpg', Infinity);
    const others = new Map([...whole].map(([name, value]) => [`other/${name}`, value]));
    for (const scores of [perfect, others]) {
      assert.deepEqual(verdictOf(meanOf(whole, { interval }), { ...meanOf(whole, { interval }), scores }), [
        'cannot be told apart',
        'intervals',
      ]);
    }
  });
});

function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}
