import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import type { Split } from '../../src/registry/kinds/dataset.js';
import { viewOf } from '../../src/pipeline/view.js';
import { builtins } from '../../src/app/builtins.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { evaluationImages, type EvaluationPart } from '../../src/evaluation/evaluation-images.js';
import { synthetic } from '../../src/data/sources/synthetic/synthetic-source.js';
import { numbered, sourceOf, storeOf } from '../data/rig.js';
import { config } from '../rig.js';

const READS = [...(evaluate.reads as string[]), ...(evaluate.readsUncounted as string[])];
const PAIRED: Partial<Config> = { dataset: { ...config().dataset, type: 'folder', paired: true } };

/** Four test images of A and six of B; the first four have the names of A's. Fewer for validation. With the config as the stage sees it. */
async function imagesOf(t: TestContext, changes: Partial<Config>, part: EvaluationPart = 'test', validation = true) {
  const source = {
    ...(await sourceOf({ testA: await numbered('testA', 4), testB: await numbered('testB', 6) })),
    ...(validation && { validation: (split: Split) => numbered(split, split === 'valA' ? 2 : 3) }),
  };
  const view = { config: viewOf(config(changes), READS, 'evaluate'), components: builtins() };
  return evaluationImages(view, await storeOf(t, source), 'BtoA', part);
}

test('an unpaired method is evaluated on all test images, without true translations', async (t) => {
  const images = await imagesOf(t, { method: { type: 'cyclegan', pool: 0 } });
  assert.deepEqual(images, [0, 1, 2, 3, 4, 5].map((index) => ({ split: 'testB', index }))); // prettier-ignore
});

test('a paired method is evaluated on pairs, with the partner as the true translation', async (t) => {
  const images = await imagesOf(t, { method: { type: 'pix2pix', direction: 'BtoA' } });
  assert.deepEqual(
    images,
    [0, 1, 2, 3].map((index) => ({ split: 'testB', index, truth: { split: 'testA', index } })),
  );
});

test('an unpaired method is evaluated on pairs if the data set says that its images are', async (t) => {
  const images = await imagesOf(t, PAIRED);
  const pairs = await imagesOf(t, { method: { type: 'pix2pix', direction: 'BtoA' } });
  assert.deepEqual(images, pairs);
});

test('the evaluation of an unpaired method is another one with pairs, and no other evaluation is', async () => {
  const identityOf = (changes: Partial<Config>) => {
    const view = { config: viewOf(config(changes), READS, 'evaluate'), components: builtins() };
    return evaluate.create({} as never).identity!(view);
  };
  assert.deepEqual(await identityOf(PAIRED), { extractors: null, truth: 'pairs' });
  assert.equal(await identityOf({}), null);
  assert.equal(await identityOf({ ...PAIRED, method: { type: 'pix2pix', direction: 'BtoA' } }), null);
  assert.equal(await identityOf({ dataset: { ...config().dataset, paired: true } }), null, 'synthetic knows the truth');
});

test('validation images are those of their own part, with their own partners', async (t) => {
  const unpaired = await imagesOf(t, { method: { type: 'cyclegan', pool: 0 } }, 'validation');
  assert.deepEqual(unpaired, [0, 1, 2].map((index) => ({ split: 'valB', index }))); // prettier-ignore
  const paired = await imagesOf(t, { method: { type: 'pix2pix', direction: 'BtoA' } }, 'validation');
  assert.deepEqual(
    paired,
    [0, 1].map((index) => ({ split: 'valB', index, truth: { split: 'valA', index } })),
  );
});

test('a store without a validation part has no such images', async (t) => {
  const methods: Config['method'][] = [
    { type: 'cyclegan', pool: 0 },
    { type: 'pix2pix', direction: 'BtoA' },
  ];
  for (const method of methods) {
    assert.deepEqual(await imagesOf(t, { method }, 'validation', false), []);
  }
});

test('known true translations are those of the image’s own part', async (t) => {
  const view = { config: viewOf(config({}), READS, 'evaluate'), components: builtins() };
  const drawn = synthetic.create(
    { seed: 0, train: 2, test: 3, validation: 2, paired: false },
    { limit: null, imageSize: 8 },
  );
  const store = await storeOf(t, drawn);
  const found = async (part: EvaluationPart) => evaluationImages(view, store, 'AtoB', part);
  assert.deepEqual(
    await found('validation'),
    [0, 1].map((index) => ({ split: 'valA', index, truth: { split: 'valTruthA', index } })),
  );
  assert.deepEqual((await found('test')).at(-1), { split: 'testA', index: 2, truth: { split: 'truthA', index: 2 } });
});
