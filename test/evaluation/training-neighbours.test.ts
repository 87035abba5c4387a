import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import type { PreparedStore } from '../../src/data/store/prepared-store.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { trainingImage } from '../../src/evaluation/evaluation-images.js';
import { openEvaluation } from '../../src/evaluation/evaluation.js';
import { readImageResults } from '../../src/evaluation/image-results-file.js';
import { imageOf } from '../../src/inference/tensor-image.js';
import type { Reference } from '../../src/registry/config.js';
import type { ExtractorComponent } from '../../src/registry/kinds/extractor.js';
import { alarmLines } from '../../src/stages/evaluation-lines.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { keyedRandom } from '../../src/support/keyed-random.js';
import { image, sourceOf, storeOf } from '../data/rig.js';
import { evaluation, SIZE } from './rig.js';

before(() => loadTensorFlow());

const [TESTS, TRAINING] = [14, 30];

/** Images that the extractor saw. */
let seen = 0; // not mutated: a counter

/** Without weights: the mean colours of a grid of 4x4 places. */
const grid: ExtractorComponent = {
  summary: 'of a test',
  schema: { properties: {} },
  create: () => ({
    identity: () => Promise.resolve({ of: 'grid' }),
    open: () =>
      Promise.resolve({
        width: 48,
        extract(images) {
          seen += images.shape[0];
          return { features: tf.tidy(() => tf.reshape(tf.avgPool(images, 4, 4, 'valid'), [images.shape[0], 48])) };
        },
        dispose: () => undefined,
      }),
  }),
};

const METRIC = { type: 'nearest-neighbours', extractor: 'grid' };

/** Random colours in a grid of 4x4 places: the images of no two keys are alike. */
async function colours(split: string, count: number) {
  const one = async (_: unknown, index: number) => {
    const random = keyedRandom('colours', split, index);
    const places = Uint8Array.from({ length: 48 }, () => random.int(256));
    const small = sharp(places, { raw: { width: 4, height: 4, channels: 3 } });
    return image(`${split}/${index}.png`, await small.resize(72, 72, { kernel: 'nearest' }).png().toBuffer());
  };
  return Promise.all(Array.from({ length: count }, one));
}

async function opened(t: TestContext, metric: Reference = METRIC) {
  const { context } = await evaluation(t, 'eager', { metrics: [metric] });
  context.components.extractor.add('grid', grid);
  const splits = { trainA: TRAINING, trainB: TRAINING + 1, testA: TESTS, testB: TESTS } as const;
  const images = Object.entries(splits).map(async ([split, count]) => [split, await colours(split, count)] as const);
  const source = await sourceOf(Object.fromEntries(await Promise.all(images)));
  const store = await storeOf(t, source, { image_size: SIZE, load_size: SIZE + 2 });
  const part = await openEvaluation(context, store, { part: 'test', metrics: [metric] });
  t.after(() => part.dispose());
  return { context, part, store };
}

/** A generator that gives a training image for each source, darker by a little: the seventh, the eighth... */
async function memorising(store: PreparedStore): Promise<(source: Tensor4D) => { translated: Tensor4D }> {
  const known: Tensor4D[] = [];
  for (let i = 0; i < TESTS; i++) known.push(await trainingImage(store, 'trainB', 7 + i));
  let next = 0;
  return () => ({ translated: tf.tidy(() => tf.sub(known[next++ % TESTS]!, 0.02)) });
}

const ordinary = (source: Tensor4D) => ({ translated: tf.reverse(source, [1, 3]) });

describe('nearest training neighbours', () => {
  test('call a generator that memorises what it is, and find the training images that it gives', async (t) => {
    const { part, store } = await opened(t);
    const { values, neighbours } = await part.measure('AtoB', { translate: await memorising(store) });
    const [warning] = alarmLines({ AtoB: values }).map(({ text }) => text);
    assert.match(warning!, /^AtoB 14 of 14 translations are far closer to a training image .*\(nn-grid\)$/);
    assert.deepEqual(neighbours['nn-grid'], Array.from({ length: TESTS }, (_, i) => 7 + i)); // prettier-ignore
    const { value, real, unchanged } = values['nn-grid']!;
    assert.ok(value < 0.01 && real! > 0.2 && unchanged! > 0.2, `${value} ${real} ${unchanged}`);
  });

  test('say nothing of a generator that makes images of its own', async (t) => {
    const { part } = await opened(t);
    assert.deepEqual(alarmLines({ AtoB: (await part.measure('AtoB', { translate: ordinary })).values }), []);
  });

  test('compare with the training images of the target domain, and say with how many', async (t) => {
    const { part } = await opened(t);
    for (const [direction, reference, count] of [
      ['AtoB', 'trainB', TRAINING + 1],
      ['BtoA', 'trainA', TRAINING],
    ] as const) {
      const found = (await part.measure(direction, { translate: ordinary })).values['nn-grid']!;
      assert.deepEqual([found.reference, found.referenceCount, found.count], [reference, count, TESTS]);
      assert.equal(found.diagnostic, true);
    }
    const few = await opened(t, { ...METRIC, images: 8 });
    const { values, neighbours } = await few.part.measure('AtoB', { translate: ordinary });
    assert.equal(values['nn-grid']!.referenceCount, 8);
    // Spread evenly over 31.
    assert.ok(neighbours['nn-grid']!.every((index) => [1, 5, 9, 13, 17, 21, 25, 29].includes(index)), neighbours['nn-grid']!.join()); // prettier-ignore
  });

  test('measure the unchanged sources and the held-out images like translations', async (t) => {
    const { part } = await opened(t);
    const { values } = await part.measure('AtoB', { translate: (source) => ({ translated: tf.clone(source) }) });
    const { value, unchanged } = values['nn-grid']!;
    assert.ok(Math.abs(value - unchanged!) < 1e-9);
    const { part: again, store } = await opened(t);
    let index = 0;
    const real = async () => {
      const { data } = await store.read('testB', index++);
      return tf.sub<Tensor4D>(tf.div(tf.tensor4d(Float32Array.from(data), [1, SIZE, SIZE, 3]), 127.5), 1);
    };
    const images: Tensor4D[] = [];
    for (let i = 0; i < TESTS; i++) images.push(await real());
    const held = await again.measure('AtoB', { translate: () => ({ translated: images.shift()! }) });
    assert.ok(Math.abs(held.values['nn-grid']!.value - held.values['nn-grid']!.real!) < 1e-6);
  });

  test('keep the features of training images with the store, and compute them once', async (t) => {
    const { context, part, store } = await opened(t);
    await part.measure('AtoB', { translate: ordinary });
    assert.ok((await readdir(join(store.dir, 'features'))).some((name) => /-trainB.*\.f32$/.test(name)));
    const again = await openEvaluation(context, store, { part: 'test', metrics: [METRIC] });
    seen = 0;
    await again.measure('AtoB', { translate: ordinary });
    assert.equal(seen, TESTS);
    await again.dispose();
  });

  test('are written with each test image, with a file of the closest ones’ training images', async (t) => {
    const { context, store } = await opened(t);
    const inputs = { ...context.inputs, dataset: { ...context.inputs['dataset']!, dir: store.dir } };
    assert.equal((await evaluate.create({} as never).run({ ...context, inputs })).status, 'done');
    const results = (await readImageResults(context.dir)).filter(({ direction }) => direction === 'AtoB');
    const found = results.map(({ nearest, scores }) => ({ ...nearest!['nn-grid']!, distance: scores['nn-grid']! }));
    assert.ok(found.every(({ name }) => /^trainB\/\d+\.png$/.test(name)));
    const [kept, others] = [found.filter(({ file }) => file !== undefined), found.filter(({ file }) => file === undefined)]; // prettier-ignore
    assert.deepEqual([kept.length, others.length], [12, 2]);
    assert.ok(Math.max(...kept.map(({ distance }) => distance)) <= Math.min(...others.map(({ distance }) => distance)));
    const index = Number(/\d+/.exec(kept[0]!.name)![0]);
    const expected = await trainingImage(store, 'trainB', index);
    const pixels = await sharp(join(context.dir, kept[0]!.file!)).removeAlpha().raw().toBuffer();
    assert.deepEqual(new Uint8Array(pixels), new Uint8Array(imageOf(expected).data));
    expected.dispose();
  });
});
