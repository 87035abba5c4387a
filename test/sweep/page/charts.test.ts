import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepPage } from '../../../src/sweep/page/sweep-page.js';
import { charts, circles, lines, section, ticks, words } from './read.js';
import { LAMBDAS, sweep } from './rig.js';

test('the metric is drawn against lambda first, on a logarithmic scale, and against seeds last, as categories', async () => {
  const [lambda, seed, ...others] = charts(
    await sweepPage(
      sweep(
        LAMBDAS.map(({ params, value }) => ({
          params: { seed: params.seed, 'loss.lambda': params['loss.lambda'] },
          value,
        })),
      ),
    ),
  );
  assert.deepEqual([lambda!.path, seed!.path, others], ['loss.lambda', 'seed', []]);
  assert.match(lambda!.note, /logarithmic/);
  assert.deepEqual(ticks(lambda!.svg), ['1', '10', '100']);
  const xs = [...new Set(circles(lambda!.svg).map(({ x }) => x))].sort((a, b) => a - b);
  assert.equal(circles(lambda!.svg).length, 9);
  assert.equal(xs.length, 3);
  assert.ok(Math.abs(xs[1]! - xs[0]! - (xs[2]! - xs[1]!)) < 0.2, xs.join(' '));
  assert.deepEqual(ticks(seed!.svg), ['42', '43', '44']);
});

test('a factor of ten is enough for a logarithmic scale', async () => {
  const trials = [1, 5, 10].map((value) => ({ params: { 'loss.lambda': value }, value }));
  assert.match(charts(await sweepPage(sweep(trials)))[0]!.note, /logarithmic/);
});

test('a small range, or values that are not all positive, use a linear scale', async () => {
  for (const values of [
    [1, 2, 9],
    [0, 1, 100],
    [-100, 1, 100],
  ]) {
    const trials = values.map((value, i) => ({ params: { 'loss.lambda': value }, value: i }));
    const [chart] = charts(await sweepPage(sweep(trials)));
    assert.doesNotMatch(chart!.note, /logarithmic/);
    const xs = circles(chart!.svg)
      .map(({ x }) => x)
      .sort((a, b) => a - b);
    const share = (values[1]! - values[0]!) / (values[2]! - values[0]!);
    assert.ok(Math.abs((xs[1]! - xs[0]!) / (xs[2]! - xs[0]!) - share) < 0.01, `${values.join(' ')}: ${xs.join(' ')}`);
  }
});

test('a higher value is drawn higher, the best is marked, and colours go from best to worst', async () => {
  const trials = [12, 15, 11].map((value, i) => ({ params: { 'loss.lambda': i + 1 }, value }));
  const [chart] = charts(await sweepPage(sweep(trials)));
  const byHeight = circles(chart!.svg).sort((a, b) => a.y - b.y);
  assert.deepEqual(
    byHeight.map(({ title }) => title),
    ['lambda=2: 15 dB', 'lambda=1: 12 dB', 'lambda=3: 11 dB'],
  );
  assert.deepEqual(
    byHeight.map(({ kind }) => kind),
    ['s0 best', 's5', 's9'],
  );
});

test('repeated values show mean and spread, and distinct values show neither', async () => {
  const [lambda] = charts(await sweepPage(sweep(LAMBDAS)));
  const means = [...lambda!.svg.matchAll(/class="mean".*?<title>(.*?)<\/title>/gs)].map(([, title]) => title);
  assert.deepEqual(means, [
    '1: 10.05 dB ± 1.00, mean of 3',
    '10: 10.50 dB ± 1.00, mean of 3',
    '100: 15.00 dB ± 1.00, mean of 3',
  ]);
  const [single] = charts(await sweepPage(sweep(LAMBDAS.filter(({ params }) => params.seed === 42))));
  assert.doesNotMatch(single!.svg, /class="(mean|band|trend)"/);
});

test('each category has a position, with no line between them', async () => {
  const trials = ['resnet', 'unet', 'resnet', 'unet'].map((type, i) => ({
    params: { 'generator.type': type },
    value: i,
  }));
  const [chart] = charts(await sweepPage(sweep(trials)));
  assert.deepEqual(ticks(chart!.svg), ['resnet', 'unet']);
  assert.equal(new Set(circles(chart!.svg).map(({ x }) => x)).size, 2);
  assert.match(chart!.svg, /class="mean"/);
  assert.doesNotMatch(chart!.svg, /class="trend"/);
});

test('a failed trial is a cross at its value, without a point or line', async () => {
  const page = await sweepPage(
    sweep([...LAMBDAS, { params: { 'loss.lambda': 100, seed: 45 }, state: 'crashed', problem: 'killed' }]),
  );
  const [chart] = charts(page);
  assert.match(chart!.svg, /class="failure"[^>]*>\s*<title>lambda=100, seed=45: crashed/);
  assert.equal(circles(chart!.svg).length, 9);
  assert.equal(lines(page).length, 9);
  assert.match(words(section(page, 'parallel')), /1 trial without a value is left out/);
});

test('each trial is a line across parameters, the ranking metric and other metrics, in at most eight columns', async () => {
  const wide = (count: number) =>
    [1, 2].map((id) => ({
      params: Object.fromEntries(Array.from({ length: count }, (_, i) => [`a.p${i}`, id])),
      value: id,
      metrics: { psnr: id, ssim: id / 10, 'cycle-error': 1 / id },
    }));
  for (const [axes, columns] of [
    [1, ['p0', 'psnr', 'ssim', 'cycle-error']],
    [6, ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'psnr', 'ssim']],
    [12, ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'psnr']],
  ] as const) {
    const page = await sweepPage(sweep(wide(axes)));
    const heads = [...section(page, 'parallel').matchAll(/class="head[^>]*>\s*([^<]*)</g)].map(([, text]) =>
      text!.trim(),
    );
    assert.deepEqual(heads, columns);
    assert.deepEqual(
      lines(page).map(({ id, shade, path }) => [id, shade, path.split(/[ML]/).length - 1]),
      [
        ['1', 's9', columns.length],
        ['2', 's0', columns.length],
      ],
    );
  }
});

test('a line is broken at a missing metric', async () => {
  const full = { psnr: 1, ssim: 1, fid: 1 };
  const page = await sweepPage(
    sweep([
      { params: { 'loss.lambda': 1 }, value: 1, metrics: full },
      { params: { 'loss.lambda': 2 }, value: 2, metrics: { psnr: 2, fid: 2 } },
    ]),
  );
  const path = lines(page).find(({ id }) => id === '2')!.path;
  assert.equal(path.replace(/[^ML]/g, ''), 'MLM');
});
