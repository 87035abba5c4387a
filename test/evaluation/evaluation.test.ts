import assert from 'node:assert/strict';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { openStore } from '../../src/data/store/prepared-store.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { openEvaluation } from '../../src/evaluation/evaluation.js';
import { extractorIdentities } from '../../src/evaluation/extractor-identities.js';
import type { Measured } from '../../src/evaluation/measured.js';
import type { Reference } from '../../src/registry/config.js';
import type { ExtractorComponent } from '../../src/registry/kinds/extractor.js';
import { alarmLines, metricTable } from '../../src/stages/evaluation-lines.js';
import { COUNTS, evaluation } from './rig.js';

before(() => loadTensorFlow());

/** How often the network of {@link pooled} saw images, and how many are open. */
const calls = { images: 0, open: 0 };

/** An extractor without weights: the image in 4x4 pixels. */
const pooled: ExtractorComponent = {
  summary: 'of a test',
  schema: { properties: {} },
  create: () => ({
    identity: () => Promise.resolve({ of: 'pooled' }),
    open() {
      calls.open += 1;
      return Promise.resolve({
        width: 48,
        extract(images) {
          calls.images += images.shape[0];
          return { features: tf.tidy(() => tf.reshape(tf.avgPool(images, 4, 4, 'valid'), [images.shape[0], 48])) };
        },
        dispose: () => void (calls.open -= 1),
      });
    },
  }),
};

/** A metric that is measured in one direction. */
const oneWay = {
  summary: 'of a test',
  schema: { properties: {} },
  create: () => ({
    ...{ better: 'higher', directions: ['AtoB'], needs: {} },
    start: () => ({ add: () => undefined, result: () => ({ value: 1, count: 1 }), dispose: () => undefined }),
  }),
};

const METRICS: Reference[] = ['kernel-distance', 'diversity'].map((type) => ({ type, extractor: 'pooled' }));

async function opened(t: TestContext, metrics: readonly Reference[], batchSize = 1) {
  const { context } = await evaluation(t, 'eager');
  context.components.extractor.add('pooled', pooled);
  context.components.metric.add('one-way', oneWay as never);
  const store = await openStore(context.inputs['dataset']!.dir);
  const part = await openEvaluation(context, store, { part: 'test', metrics, batchSize });
  t.after(async () => {
    await part.dispose();
    await store.close();
  });
  return { context, part, store };
}

const same = (source: Tensor4D) => ({ translated: tf.clone(source) });

describe('an evaluation', () => {
  test('computes features once for all metrics, and those of real images once for all evaluations', async (t) => {
    const { part, store } = await opened(t, METRICS);
    calls.images = 0;
    await part.measure('AtoB', { translate: same });
    const first = calls.images;
    // Translations, their sources, the targets, and other real images of their domain.
    const others = Math.min(COUNTS.A, store.count('trainB'));
    assert.equal(first, 2 * COUNTS.A + COUNTS.B + others);
    await part.measure('AtoB', { translate: same });
    assert.equal(calls.images - first, COUNTS.A);
    assert.equal(calls.open, 1);
    await part.dispose();
    assert.equal(calls.open, 0);
  });

  test('records the directions of a metric that is not measured in all, as it has no mean over both', async (t) => {
    const { part } = await opened(t, ['one-way', 'inversion']);
    const { values } = await part.measure('AtoB', { translate: same });
    assert.deepEqual(values['one-way']!.directions, ['AtoB']);
    assert.equal(values['inversion']!.directions, undefined);
    assert.deepEqual(Object.keys((await part.measure('BtoA', { translate: same })).values), ['inversion']);
  });

  test('gives the same values again, in batches of any size, and leaves no tensors', async (t) => {
    const metrics: Reference[] = [...METRICS, 'sliced-wasserstein', 'inversion', 'psnr'];
    const [one, two] = [await opened(t, metrics), await opened(t, metrics, 2)];
    const tensors = tf.memory().numTensors;
    const first = await one.part.measure('BtoA', { translate: same });
    assert.deepEqual(await one.part.measure('BtoA', { translate: same }), first);
    assert.deepEqual(await two.part.measure('BtoA', { translate: same }), first);
    assert.equal(tf.memory().numTensors, tensors);
  });

  test('measures the unchanged source like a generator that changes nothing, and says with what it compares', async (t) => {
    const { part } = await opened(t, METRICS);
    const { values } = await part.measure('AtoB', { translate: same });
    const { value, unchanged, reference, referenceCount } = values['kd-pooled']!;
    assert.ok(Math.abs(value - unchanged!) < 1e-6, `${value} ${unchanged}`);
    assert.deepEqual({ reference, referenceCount }, { reference: 'testB', referenceCount: COUNTS.B });
  });

  test('has nothing to measure in a part that the store does not have', async (t) => {
    const { context } = await evaluation(t, 'eager');
    const store = await openStore(context.inputs['dataset']!.dir);
    const part = await openEvaluation(context, store, { part: 'validation', metrics: ['psnr'] });
    assert.deepEqual(await part.measure('AtoB', { translate: () => assert.fail() }), {
      values: {},
      perImage: {},
      neighbours: {},
      notMeasured: [],
    });
    await store.close();
  });

  test('calls a collapsed and an inverted generator what they are, and no other', async (t) => {
    const { part } = await opened(t, [...METRICS, 'inversion']);
    const grey = (source: Tensor4D) => ({ translated: tf.tidy(() => tf.add<Tensor4D>(tf.mul(source, 0.01), 0.2)) });
    const inverted = (source: Tensor4D) => ({ translated: tf.neg(source) });
    const alarms = async (translate: (source: Tensor4D) => { translated: Tensor4D }) =>
      alarmLines({ BtoA: (await part.measure('BtoA', { translate })).values }).map(({ text }) => text);
    assert.deepEqual(await alarms(grey), ['BtoA nearly all translations look the same (diversity-pooled)']);
    assert.deepEqual(await alarms(inverted), [
      'BtoA the translations are inverted: dark where their sources are light (inversion)',
    ]);
    const upsideDown = (source: Tensor4D) => ({ translated: tf.reverse(source, 1) });
    for (const sound of [same, upsideDown]) assert.deepEqual(await alarms(sound), []);
  });

  test('measures the discriminators where it is given what they say', async (t) => {
    const { part } = await opened(t, ['discriminator-accuracy']);
    const realness = () => ({
      source: tf.fill<tf.Rank.R4>([1, 2, 2, 1], 0.7),
      translated: tf.tensor4d([0.4, 0.6, 0.2, 0.9], [1, 2, 2, 1]),
    });
    const judged: Measured = await part.measure('AtoB', { translate: (x) => ({ ...same(x), realness: realness() }) });
    assert.deepEqual(
      Object.entries(judged.values).map(([name, { value }]) => [name, value]),
      [
        ['discriminator-accuracy/real', 1],
        ['discriminator-accuracy/fake', 0.5],
      ],
    );
    const { notMeasured } = await part.measure('AtoB', { translate: same });
    assert.deepEqual(notMeasured, [{ name: 'discriminator-accuracy', lacks: 'realness' }]);
  });
});

test('identities of extractors are part of a fingerprint only where a metric has one', async (t) => {
  const { context } = await opened(t, []);
  assert.equal(await extractorIdentities(context, ['psnr', 'inversion']), null);
  assert.deepEqual(await extractorIdentities(context, ['psnr', METRICS[0]!]), { 'kd-pooled': { of: 'pooled' } });
});

test('the table has an interval and what real images score beside a value', () => {
  const value = {
    value: 0.0123,
    interval: [0.011, 0.0135],
    unchanged: 0.05,
    real: 0.0004,
    better: 'lower',
    count: 9,
  } as const;
  assert.deepEqual(metricTable({ AtoB: { kd: value } }), [
    { label: 'kd', text: 'AtoB 0.0123 [0.0110, 0.0135] (input unchanged: 0.0500, real: 0.000400)   lower is better' },
  ]);
});
