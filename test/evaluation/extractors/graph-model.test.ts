import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { tfjsModelExtractor } from '../../../src/evaluation/extractors/tfjs-model.js';
import { temporaryFolder } from '../../data/folder.js';

before(() => loadTensorFlow());

const float = { type: 'DT_FLOAT' };
const list = (...i: number[]) => ({ list: { i: i.map(String) } });
const dims = (...sizes: number[]) => ({ shape: { dim: sizes.map((size) => ({ size: String(size) })) } });

/** A TensorFlow.js graph model, as its converter writes one: twice the image's red, green and blue place by place (`map`), then their means (`mean`). */
async function graphModel(t: TestContext): Promise<string> {
  const folder = await temporaryFolder(t);
  const constant = (name: string, dtype: string, ...shape: number[]) => ({
    ...{ name, op: 'Const' },
    attr: { dtype: { type: dtype }, value: { tensor: { dtype, tensorShape: dims(...shape).shape } } },
  });
  const node = [
    { name: 'images', op: 'Placeholder', attr: { dtype: float, shape: dims(-1, 4, 4, 3) } },
    constant('kernel', 'DT_FLOAT', 1, 1, 3, 3),
    constant('axes', 'DT_INT32', 2),
    {
      ...{ name: 'map', op: 'Conv2D', input: ['images', 'kernel'] },
      attr: { T: float, strides: list(1, 1, 1, 1), dilations: list(1, 1, 1, 1), padding: { s: 'U0FNRQ==' }, data_format: { s: 'TkhXQw==' } }, // prettier-ignore
    },
    {
      ...{ name: 'mean', op: 'Mean', input: ['map', 'axes'] },
      attr: { T: float, Tidx: { type: 'DT_INT32' }, keep_dims: { b: false } },
    },
  ];
  const weights = [
    { name: 'kernel', shape: [1, 1, 3, 3], dtype: 'float32' },
    { name: 'axes', shape: [2], dtype: 'int32' },
  ];
  const model = {
    format: 'graph-model',
    modelTopology: { node, library: {}, versions: { producer: 1882 } },
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  await writeFile(join(folder, 'model.json'), JSON.stringify(model));
  const [kernel, axes] = [Float32Array.of(2, 0, 0, 0, 2, 0, 0, 0, 2), Int32Array.of(1, 2)];
  await writeFile(join(folder, 'weights.bin'), Buffer.concat([Buffer.from(kernel.buffer), Buffer.from(axes.buffer)]));
  return join(folder, 'model.json');
}

/** Two images of one colour each, [2, 8, 8, 3]. */
function colours(): tf.Tensor4D {
  const colour = (...rgb: [number, number, number]) => tf.tile(tf.tensor4d(rgb, [1, 1, 1, 3]), [1, 8, 8, 1]);
  return tf.tidy(() => tf.sub(tf.div(tf.concat4d([colour(255, 0, 128), colour(10, 20, 30)], 0), 127.5), 1));
}

const OPTIONS = { image_size: 4, scale: '0..255', output: null } as const;

describe('a TensorFlow.js graph model as an extractor', () => {
  for (const output of [null, 'map', 'mean']) {
    test(`gives ${output === null ? 'its output' : `the tensor ${output}`} as features`, async (t) => {
      const open = await tfjsModelExtractor.create({ ...OPTIONS, path: await graphModel(t), output }).open();
      assert.equal(open.width, 3);
      const { features } = open.extract(colours());
      assert.deepEqual([...features.dataSync()].map(Math.round), [510, 0, 256, 20, 40, 60]);
      open.dispose();
    });
  }

  test('keeps no tensor, however often it is asked, and none once it is disposed of', async (t) => {
    const path = await graphModel(t);
    const images = colours();
    const before = tf.memory().numTensors;
    const open = await tfjsModelExtractor.create({ ...OPTIONS, path, output: 'map' }).open();
    const opened = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) open.extract(images).features.dispose();
    assert.equal(tf.memory().numTensors, opened);
    open.dispose();
    assert.equal(tf.memory().numTensors, before);
    images.dispose();
  });

  test('that has no such tensor, or whose weights are cut off, is refused with its path', async (t) => {
    const path = await graphModel(t);
    const create = (output: string | null) => tfjsModelExtractor.create({ ...OPTIONS, path, output });
    await assert.rejects(create('pool').open(), /model\.json cannot be used.*pool/);
    await writeFile(join(path, '..', 'weights.bin'), Buffer.alloc(8));
    await assert.rejects(create(null).open(), /model\.json cannot be used/);
  });
});
