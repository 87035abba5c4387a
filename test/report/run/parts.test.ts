import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chartsOf, shortNames } from '../../../src/report/run/curves/charts.js';
import { chosenImages, MAX_IMAGES, shownFirst, worstLists } from '../../../src/report/run/images/choose-images.js';
import type { ReportEvaluation, ReportValue, RunReport } from '../../../src/report/run/run-report.js';
import { verdictOf } from '../../../src/report/run/verdict.js';

const curve = (name: string, count = 3) => ({
  name,
  steps: Array.from({ length: count }, (_, i) => i),
  values: Array.from({ length: count }, (_, i) => i),
});

describe('charts', () => {
  test('are those of the method, then a metric of the validation with both directions, then the rest by name', () => {
    const charts = chartsOf({
      curves: [
        ...['loss/G/total', 'loss/F/total', 'validate/AtoB/kd', 'validate/BtoA/kd', 'memory/rss-mb'],
        ...['memory/peak-rss-mb', 'evaluate/AtoB/psnr'],
      ].map((name) => curve(name)),
      lossCharts: [{ title: 'Totals', names: ['loss/G/total', 'loss/F/total', 'loss/none'] }],
    });
    assert.deepEqual(
      charts.map(({ title, curves }) => `${title}: ${curves.map(({ name }) => name).join(' ')}`),
      [
        'validation: kd: validate/AtoB/kd validate/BtoA/kd',
        'Totals: loss/G/total loss/F/total',
        'memory (MB): memory/rss-mb memory/peak-rss-mb',
      ],
    );
  });

  test('name their curves by what differs', () => {
    assert.deepEqual(shortNames(['loss/G/total', 'loss/F/total']), ['G', 'F']);
    assert.deepEqual(shortNames(['loss/cycle/forward']), ['forward']);
    assert.deepEqual(shortNames(['a', 'a/b']), ['a', 'a/b']);
  });
});

function evaluation(count: number, scores: (index: number) => Record<string, number>): ReportEvaluation {
  const images = Array.from({ length: count }, (_, index) => ({
    direction: 'AtoB',
    index,
    name: `${index}.png`,
    files: {},
    scores: scores(index),
  }));
  const metrics = { AtoB: { psnr: value({ better: 'higher' }), 'cycle-error': value({ better: 'lower' }) } };
  return { stage: 'evaluate', step: 1, checkpoints: [{ name: 'last', step: 1, epoch: 1, metrics }], images, grids: [] };
}

function value(facts: Partial<ReportValue> = {}): ReportValue {
  return {
    ...{ value: 1, better: 'lower', unit: null, count: null, interval: null, unchanged: null, real: null, alarm: null },
    ...facts,
  };
}

describe('the images of a report', () => {
  const indexes = (images: readonly { readonly index: number }[]) => images.map(({ index }) => index);

  test('begin with the best by the truth, and end with the worst of each kind of score', () => {
    const measured = evaluation(10, (index) => ({ psnr: index, ssim: index, 'cycle-error': (index * 3) % 10 }));
    assert.deepEqual(indexes(shownFirst(measured, 'AtoB', 3).images), [9, 8, 7]);
    const worst = worstLists(measured, 'AtoB', 3);
    assert.deepEqual(
      worst.map(({ score, images }) => [score.name, ...indexes(images)]),
      [
        ['psnr', 0, 1, 2],
        ['cycle-error', 3, 6, 9],
      ],
    );
  });

  test('begin with some at even distances if only errors of the cycle are known: a low one is no merit', () => {
    const measured = evaluation(8, (index) => ({ 'cycle-error': index }));
    const { images, by } = shownFirst(measured, 'AtoB', 4);
    assert.deepEqual([indexes(images), by], [[0, 2, 4, 6], undefined]);
  });

  test('are at most 500, with the extremes of each score among them', () => {
    const measured = evaluation(3000, (index) => ({ 'cycle-error': index === 1777 ? 9 : index / 3000 }));
    const chosen = chosenImages(measured, ['AtoB']);
    assert.equal(chosen.length, MAX_IMAGES);
    assert.ok(indexes(chosen).includes(1777));
    assert.ok(indexes(chosen).includes(0));
  });
});

describe('the verdict', () => {
  const report = (AtoB: Record<string, ReportValue>, changes: Partial<RunReport> = {}): RunReport => ({
    ...{ name: 'toy', state: 'done', problem: null, stages: [], progress: null, started: null, config: null },
    ...{ differences: null, curves: [], lossCharts: [], descriptions: {}, stepsPerEpoch: null, samples: [] },
    ...{ data: null, environment: null, warnings: [] },
    evaluations: [
      {
        stage: 'evaluate',
        step: 1,
        checkpoints: [{ name: 'last', step: 1, epoch: 1, metrics: { AtoB } }],
        images: [],
        grids: [],
      },
    ],
    ...changes,
  });
  const sentence = (AtoB: Record<string, ReportValue>) => verdictOf(report(AtoB)).results[0];
  const kd = (facts: Partial<ReportValue>) => ({ 'kd-x': value({ unchanged: 0.06, real: 0.004, ...facts }) });

  const cases: readonly (readonly [string, Record<string, ReportValue>, string])[] = [
    [
      'is between input and real images',
      kd({ value: 0.021, interval: [0.018, 0.025] }),
      'AtoB: kernel distance 0.0210 (0.0180 to 0.0250), between the untranslated input (0.0600) and real images (0.00400).',
    ],
    [
      'is no better than the input',
      kd({ value: 0.07 }),
      'AtoB: kernel distance 0.0700, no better than the untranslated input (0.0600).',
    ],
    [
      'cannot be told apart from the input',
      kd({ value: 0.055, interval: [0.05, 0.061] }),
      'AtoB: kernel distance 0.0550 (0.0500 to 0.0610), which cannot be told apart from the untranslated input (0.0600).',
    ],
    [
      'is as good as real images',
      kd({ value: 0.003 }),
      'AtoB: kernel distance 0.00300, as good as real images (0.00400; untranslated input: 0.0600).',
    ],
    [
      'is better by one metric and not by another',
      {
        psnr: value({ value: 18, better: 'higher', unit: 'dB', unchanged: 14 }),
        ssim: value({ value: 0.4, better: 'higher', unchanged: 0.6 }),
      },
      'AtoB: PSNR 18 dB, better than the untranslated input (14); but SSIM 0.4000, no better than the input’s 0.6000.',
    ],
    [
      'is better by one metric and not clearly by another',
      {
        ...kd({ value: 0.021, interval: [0.018, 0.025] }),
        'fd-x': value({ value: 159, interval: [144, 174], unchanged: 163 }),
      },
      'AtoB: kernel distance 0.0210 (0.0180 to 0.0250), between the untranslated input (0.0600) and real images (0.00400); but Fréchet distance 159, not to be told apart from the input’s 163.',
    ],
    ['is no number', kd({ value: NaN }), 'AtoB: kernel distance NaN, which is no number: the networks are broken.'],
    [
      'is better, whatever metrics that only find faults say of the input',
      {
        inversion: value({ value: 0.9, better: 'higher', diagnostic: true, unchanged: 1, real: 0 }),
        ...kd({ value: 0.021 }),
        'diversity-x': value({ value: 0.8, better: 'higher', diagnostic: true, unchanged: 0.9 }),
      },
      'AtoB: kernel distance 0.0210, between the untranslated input (0.0600) and real images (0.00400).',
    ],
    ['has nothing to compare with', { 'cycle-error': value({ value: 0.1 }) }, 'AtoB: cycle error 0.1000.'],
  ];
  for (const [name, values, expected] of cases) {
    test(`says that a translation ${name}`, () => assert.equal(sentence(values), expected));
  }

  test('repeats the alarms of metrics', () => {
    const alarm = 'The translations look inverted.';
    assert.deepEqual(verdictOf(report({ 'colour-inversion': value({ alarm }) })).alarms, [`AtoB: ${alarm}`]);
  });

  test('of translations that are no better than the input names the metrics that disagree, and not those that agree', () => {
    const kd = value({ value: 0.3, interval: [0.25, 0.35], unchanged: 0.1, real: 0 });
    const worse = value({ value: 90, unchanged: 80 });
    const better = value({ value: 0.12, interval: [0.1, 0.14], unchanged: 0.2 });
    const unclear = value({ value: 0.19, interval: [0.1, 0.28], unchanged: 0.2 });
    assert.equal(
      sentence({ 'kd-x': kd, 'fd-x': worse, 'sliced-wasserstein': better, other: unclear }),
      'AtoB: kernel distance 0.3000 (0.2500 to 0.3500), no better than the untranslated input (0.1000); but sliced Wasserstein distance 0.1200, better than the input’s 0.2000.',
    );
  });

  describe('of two checkpoints', () => {
    const both = report({});
    const at = (name: string, step: number, found: number) => ({
      ...{ name, step, epoch: step / 10 },
      metrics: { AtoB: kd({ value: found }) },
    });
    const resultAt = (step: number) => {
      const checkpoints = [at('last', 50, 0.05), at('best', 25, 0.02)];
      const evaluations = [{ ...both.evaluations[0]!, step, checkpoints }];
      return verdictOf({ ...both, evaluations }).results[0]!;
    };

    test('is on the one that the images are of, and names it', () => {
      assert.match(resultAt(25), /^AtoB by the best checkpoint \(epoch 2\.5\): kernel distance 0\.0200,/);
      assert.match(resultAt(50), /^AtoB by the last checkpoint \(epoch 5\): kernel distance 0\.0500,/);
    });
  });

  test('says how far a running training is', () => {
    const { state } = verdictOf(report({}, { state: 'running', progress: 'epoch 3/40' }));
    assert.match(state, /still going on, in epoch 3\/40/);
  });
});
