import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { inception } from '../../../src/evaluation/extractors/inception/inception.js';
import { savedModelExtractor } from '../../../src/evaluation/extractors/saved-model.js';
import { tfjsModelExtractor } from '../../../src/evaluation/extractors/tfjs-model.js';

before(() => loadTensorFlow());

const OPTIONS = { image_size: 4, scale: '0..255', output: null } as const;

/** A layers model whose features are the image's mean red, green and blue, times 2; its inner layer `map` has them place by place. */
async function layersModel(t: TestContext): Promise<string> {
  const { layers, model, input } = await loadTensorFlow();
  const folder = await temporary(t);
  const x = input({ shape: [4, 4, 3] });
  const kernel = tf.tensor4d([2, 0, 0, 0, 2, 0, 0, 0, 2], [1, 1, 3, 3]);
  const map = layers.conv2d({ name: 'map', filters: 3, kernelSize: 1, useBias: false, weights: [kernel] }).apply(x);
  const mean = layers.globalAveragePooling2d({}).apply(map) as never;
  await model({ inputs: x, outputs: mean }).save(`file://${folder}`);
  return join(folder, 'model.json');
}

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runner-extractors-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Two images of one colour. */
const colours = () => tf.concat4d([colour(255, 0, 128), colour(10, 20, 30)], 0);
const colour = (...rgb: [number, number, number]) =>
  tf.sub<tf.Tensor4D>(tf.div(tf.tile(tf.tensor4d(rgb, [1, 1, 1, 3]), [1, 8, 8, 1]), 127.5), 1);

describe('a TensorFlow.js model as an extractor', () => {
  for (const output of [null, 'map']) {
    test(`gives ${output === null ? 'its output' : 'the mean over the places of a layer'} as features`, async (t) => {
      const open = await tfjsModelExtractor.create({ ...OPTIONS, path: await layersModel(t), output }).open();
      assert.equal(open.width, 3);
      const { features, logits } = open.extract(colours());
      assert.deepEqual([...features.dataSync()].map(Math.round), [510, 0, 256, 20, 40, 60]);
      assert.equal(logits, undefined);
      open.dispose();
    });
  }

  test('has its weights and options in its identity, and not its place', async (t) => {
    const [one, same] = [await layersModel(t), await layersModel(t)];
    const identity = (path: string, scale: '0..255' | 'imagenet' = '0..255') => tfjsModelExtractor.create({ ...OPTIONS, path, scale }).identity(); // prettier-ignore
    const known = await identity(one);
    assert.notDeepEqual(await identity(one, 'imagenet'), known);
    await writeFile(join(one, '..', 'weights.bin'), Buffer.alloc(36));
    assert.notDeepEqual(await identity(one), known);
    assert.doesNotMatch(JSON.stringify(await identity(same)), /tmp/);
  });

  test('that is not there, or has no such layer, is refused with its path', async (t) => {
    const path = await layersModel(t);
    const create = (path: string, output: string | null) => tfjsModelExtractor.create({ ...OPTIONS, path, output });
    await assert.rejects(create(join(path, '..', 'none', 'model.json'), null).identity(), /none.*ENOENT/);
    await assert.rejects(create(join(path, '..', 'none.json'), null).open(), /none\.json cannot be used.*ENOENT/);
    await assert.rejects(create(path, 'no-layer').open(), /model\.json cannot be used.*no-layer/);
  });

  test('may be MobileNet, of layers', async (t) => {
    const path = fileURLToPath(new URL('../../../../../shared/data/weights/mobilenet_v1_0.25_224-tfjs/model.json', import.meta.url)); // prettier-ignore
    if (!existsSync(path)) {
      t.skip('there is no MobileNet in ../shared/data/weights');
      return;
    }
    const options = { path, image_size: 224, scale: '-1..1', output: 'conv_pw_13_relu' } as const;
    const open = await tfjsModelExtractor.create(options).open();
    assert.deepEqual(open.extract(colours()).features.shape, [2, 256]);
    open.dispose();
  });
});

test('a SavedModel that is not there is refused with its path', async (t) => {
  const path = join(await temporary(t), 'none');
  const extractor = savedModelExtractor.create({ ...OPTIONS, path, signature: 'serving_default' });
  await assert.rejects(extractor.identity(), /none.*ENOENT/);
  await assert.rejects(extractor.open(), /none cannot be used/);
});

describe('the graph of Inception', () => {
  const none = { path: null, url: null, sha256: null };

  test('takes a path or an address, and an address takes a checksum', () => {
    const check = (options: Partial<typeof none> | object) =>
      inception.check!({ ...none, ...options }, {} as never).length;
    assert.equal(check({}), 1);
    assert.equal(check({ path: 'a', url: 'http://b', sha256: 'c' }), 1);
    assert.equal(check({ url: 'http://b' }), 1);
    assert.equal(check({ url: 'http://b', sha256: 'c' }), 0);
    assert.equal(check({ path: 'a' }), 0);
  });

  test('that is something else is refused', async (t) => {
    const path = join(await temporary(t), 'graph.pb');
    await writeFile(path, 'no graph');
    await assert.rejects(inception.create({ ...none, path }).open(), /not the Inception network of 2015-12-05/);
    const sha256 = '0'.repeat(64);
    await assert.rejects(inception.create({ ...none, path, sha256 }).open(), /expects 0{64}/);
    await assert.rejects(inception.create({ ...none, path, sha256 }).identity(), /expects 0{64}/);
    await assert.rejects(inception.create({ ...none, path: `${path}.tgz` }).identity(), /not there: .*graph\.pb\.tgz/);
  });
});
