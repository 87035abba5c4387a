import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import { loadTensorFlow } from '../../src/engine/native.js';
import { readImageResults } from '../../src/evaluation/image-results-file.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { temporary } from '../export/rig.js';
import { plainL1 } from './plain.js';
import { COUNTS, evaluation, F, G, pixels, SIZE, type Evaluation } from './rig.js';

before(() => loadTensorFlow());

const ABOUT = 1e-4;

async function evaluated(
  t: TestContext,
  images: number | undefined,
  options: Parameters<typeof evaluation>[2] = {},
): Promise<Evaluation['context']> {
  const { context } = await evaluation(t, 'eager', options);
  const changed = { ...context.config.evaluate, ...(images !== undefined && { images }) };
  const made = { ...context, config: { ...context.config, evaluate: changed } };
  await evaluateAgain(made);
  return made;
}

async function evaluateAgain(context: Evaluation['context']): Promise<void> {
  assert.equal((await evaluate.create({} as never).run(context)).status, 'done');
}

const resultsIn = ({ dir }: Evaluation['context']) => readImageResults(dir);

const networksRange = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte / 127.5 - 1);

test('evaluation lists each test image of each direction by its name, with its files', async (t) => {
  const context = await evaluated(t, undefined);
  const results = await resultsIn(context);
  assert.deepEqual(
    results.map(({ direction, index, name }) => `${direction} ${index} ${name}`),
    [
      ...['AtoB 0 testA/0.png', 'AtoB 1 testA/1.png'],
      ...['BtoA 0 testB/0.png', 'BtoA 1 testB/1.png', 'BtoA 2 testB/2.png'],
    ],
  );
  const [first] = results;
  assert.deepEqual(
    [first!.source, first!.translated, first!.reconstructed, first!.truth],
    ['source', 'translated', 'reconstructed', 'truth'].map((part) => `images/AtoB/0000-${part}.png`),
  );
});

test('the listed files hold the pixels of the source, its translation and its truth', async (t) => {
  const context = await evaluated(t, undefined);
  const second = (await resultsIn(context))[1]!;
  const read = async (file: string) =>
    new Uint8Array(await sharp(join(context.dir, file)).removeAlpha().raw().toBuffer());
  const x = pixels('test', 'A', 1);
  assert.deepEqual(await read(second.source!), x);
  assert.deepEqual(await read(second.truth!), pixels('truth', 'A', 1));
  const G_x = Uint8Array.from(networksRange(x), (value) => Math.round((G(value) + 1) * 127.5));
  assert.deepEqual(await read(second.translated!), G_x);
});

test('each image has its own score of each metric that is a mean over images', async (t) => {
  const context = await evaluated(t, undefined, { metrics: ['cycle-error', 'psnr'] });
  for (const { direction, index, scores } of await resultsIn(context)) {
    const [domain, there, back] = direction === 'AtoB' ? (['A', G, F] as const) : (['B', F, G] as const);
    const x = networksRange(pixels('test', domain, index));
    const error = plainL1(
      x,
      x.map((value) => back(there(value))),
    );
    assert.ok(Math.abs(scores['cycle-error']! - error) < ABOUT, `${direction} ${index}: ${JSON.stringify(scores)}`);
    assert.equal(typeof scores['psnr'], 'number');
  }
});

test('what is read of the list has no file outside of the folder, and no score that is no number', async (t) => {
  const dir = temporary(t);
  const image = { direction: 'AtoB', index: 0, name: 'testA/0.png', scores: { psnr: 20, ssim: 'good' } };
  const files = {
    source: '/etc/hostname',
    translated: 'images/../../x.png',
    truth: '../x.png',
    reconstructed: 'a.png',
  };
  const lines = [{ ...image, ...files }, { ...image, direction: 'up' }, []];
  await writeFile(join(dir, 'images.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  assert.deepEqual(await readImageResults(dir), [{ ...image, reconstructed: 'a.png', scores: { psnr: 20 } }]);
});

test('an image whose data set knows no truth has no file for it', async (t) => {
  const results = await resultsIn(await evaluated(t, undefined, { truth: false, metrics: ['cycle-error'] }));
  assert.ok(results.every((result) => !('truth' in result)));
});

test('evaluate.images keeps the first of each direction', async (t) => {
  const context = await evaluated(t, 1);
  assert.deepEqual(
    (await resultsIn(context)).map(({ direction, index }) => [direction, index]),
    [
      ['AtoB', 0],
      ['BtoA', 0],
    ],
  );
  assert.equal((await readdir(join(context.dir, 'images', 'BtoA'))).length, 4);
});

test('evaluate.images 0 keeps none, and removes those of an earlier attempt', async (t) => {
  const context = await evaluated(t, 3);
  assert.equal((await resultsIn(context)).length, COUNTS.A + COUNTS.B);
  await evaluateAgain({
    ...context,
    config: { ...context.config, evaluate: { ...context.config.evaluate, images: 0 } },
  });
  assert.equal(existsSync(join(context.dir, 'images.jsonl')), false);
  assert.equal(existsSync(join(context.dir, 'images')), false);
});

test('images have the size of the networks’ images', async (t) => {
  const context = await evaluated(t, 1);
  const { width, height } = await sharp(join(context.dir, 'images', 'AtoB', '0000-source.png')).metadata();
  assert.deepEqual([width, height], [SIZE, SIZE]);
});
