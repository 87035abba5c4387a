import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { viewOf } from '../../src/pipeline/view.js';
import { builtins } from '../../src/app/builtins.js';
import { evaluate } from '../../src/stages/evaluate.js';
import { testImages } from '../../src/evaluation/test-images.js';
import { numbered, sourceOf, storeOf } from '../data/rig.js';
import { config } from '../rig.js';

/** Four test images of A and six of B; the first four have the names of A's. With the config as the stage sees it. */
async function imagesOf(t: TestContext, method: Config['method']) {
  const source = await sourceOf({ testA: await numbered('testA', 4), testB: await numbered('testB', 6) });
  const view = { config: viewOf(config({ method }), evaluate.reads as string[], 'evaluate'), components: builtins() };
  return testImages(view, await storeOf(t, source), 'BtoA');
}

test('an unpaired method is evaluated on all test images, without true translations', async (t) => {
  const images = await imagesOf(t, { type: 'cyclegan', pool: 0 });
  assert.deepEqual(images, [0, 1, 2, 3, 4, 5].map((index) => ({ split: 'testB', index }))); // prettier-ignore
});

test('a paired method is evaluated on pairs, with the partner as the true translation', async (t) => {
  const images = await imagesOf(t, { type: 'pix2pix', direction: 'BtoA' });
  assert.deepEqual(
    images,
    [0, 1, 2, 3].map((index) => ({ split: 'testB', index, truth: { split: 'testA', index } })),
  );
});
