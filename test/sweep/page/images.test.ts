import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { sweepPage } from '../../../src/sweep/page/sweep-page.js';
import { coloursOf, folder, grid, sweep, type Colour } from './rig.js';

const images = (page: string) =>
  [...page.matchAll(/<img\s+src="(data:image\/[^"]*)"\s+width="(\d+)"\s+height="(\d+)"\s+alt="([^"]*)"/g)].map(
    ([, src, width, , alt]) => ({ src: src!, width: Number(width), alt: alt! }),
  );
const rounded = (colour: Colour) => colour.map((sample) => Math.round(sample / 20) * 20);

/** Four columns of a grid with distinct images. */
const rowsOf = (trial: number, count: number): Colour[][] =>
  Array.from({ length: count }, (_, i) => [
    [20 + 40 * i, 0, 0],
    [0, 20 + 40 * i, 40 * trial],
    [40 * trial, 0, 20 + 40 * i],
    [100, 100, 20 + 40 * i],
  ]);

test('a test image has the same column in all trials, below the real image and its true translation', async (t) => {
  const dir = await folder(t);
  const trials = await Promise.all(
    [1, 2].map(async (id) => ({
      params: { seed: id },
      value: id,
      images: { AtoB: await grid(join(dir, `${id}`, 'AtoB.png'), rowsOf(id, 4)) },
    })),
  );
  const shown = images(await sweepPage(sweep(trials, { dir: join(dir, 'sweep') })));
  assert.deepEqual(
    shown.map(({ alt }) => alt),
    [
      'real',
      'real',
      'true translation',
      'seed=2, A → B: translated',
      'seed=2, A → B: reconstructed',
      'seed=1, A → B: translated',
      'seed=1, A → B: reconstructed',
    ],
  );
  const expected = [
    [1, 0],
    [1, 0],
    [1, 3],
    [2, 1],
    [2, 2],
    [1, 1],
    [1, 2],
  ] as const;
  for (const [index, [trial, column]] of expected.entries()) {
    const colours = rowsOf(trial, 4).map((row) => rounded(row[column]!));
    const found = await coloursOf(shown[index]!.src, 4);
    found
      .flat()
      .forEach((sample, k) => assert.ok(Math.abs(sample - colours.flat()[k]!) <= 20, `${index}: ${found.join(' | ')}`));
  }
});

test('real images are shown again before a trial with other test images', async (t) => {
  const dir = await folder(t);
  const real: Colour[] = [
    [255, 0, 0],
    [255, 0, 0],
    [0, 0, 255],
  ];
  const trials = await Promise.all(
    real.map(async (colour, i) => ({
      params: { seed: i },
      value: 10 - i,
      images: { BtoA: await grid(join(dir, `${i}`, 'BtoA.png'), [[colour, [0, 0, 0], [9, 9, 9]]]) },
    })),
  );
  const alts = images(await sweepPage(sweep(trials, { dir }))).map(({ alt }) => alt.replace(/.*: /, ''));
  const pair = ['translated', 'reconstructed'];
  assert.deepEqual(alts, ['real', 'real', ...pair, ...pair, 'real', 'real', ...pair]);
});

test('the page shows five images of each of the best twelve trials, and notes the limits', async (t) => {
  const dir = await folder(t);
  const file = await grid(join(dir, 'run', 'AtoB.png'), rowsOf(1, 7), 256);
  const trials = Array.from({ length: 30 }, (_, i) => ({ params: { seed: i }, value: i, images: { AtoB: file } }));
  const page = await sweepPage(sweep(trials, { dir: join(dir, 'sweeps', 'one') }));
  const shown = images(page).filter(({ alt }) => alt.endsWith('translated'));
  assert.deepEqual(
    shown.map(({ alt }) => /seed=(\d+)/.exec(alt)![1]),
    Array.from({ length: 12 }, (_, i) => String(29 - i)),
  );
  assert.match(page, /The best 12 of 30 trials/);
  assert.match(page, /the first 5 of 7 test images/);
  assert.ok(images(page).every(({ width }) => width <= 900));
  assert.match(page, /<a\s+href="\.\.\/\.\.\/run\/AtoB\.png"/);
});

test('a grid with another layout is shown whole, no wider than the page', async (t) => {
  const dir = await folder(t);
  const file = join(dir, 'AtoB.png');
  // The size of a grid with three columns, without its gaps.
  await sharp({ create: { width: 1204, height: 404, channels: 3, background: 'red' } }).toFile(file);
  const page = await sweepPage(sweep([{ params: { seed: 1 }, value: 1, images: { AtoB: file } }], { dir }));
  assert.deepEqual(
    images(page).map(({ alt, width }) => [alt, width]),
    [['seed=1, A → B: grid', 900]],
  );
});

test('a grid of four by four is not read as one of three columns', async (t) => {
  const dir = await folder(t);
  // 4 + 4 * (128 + 4) = 532 is also 4 + 3 * (172 + 4).
  const file = await grid(join(dir, 'AtoB.png'), rowsOf(1, 4));
  const page = await sweepPage(sweep([{ params: { seed: 1 }, value: 1, images: { AtoB: file } }], { dir }));
  assert.ok(images(page).some(({ alt }) => alt === 'true translation'));
});
