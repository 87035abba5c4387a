import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { checkInOnnxRuntime } from '../../src/export/onnx/check-in-onnxruntime.js';
import { openOnnxRuntime, type OnnxRuntime, type OnnxTensor } from '../../src/export/onnx/open-onnxruntime.js';
import { oneOf } from '../../src/export/probes.js';
import { problemOf } from '../problem-of.js';
import { generatorOf, GENERATORS, temporary } from './rig.js';

before(() => loadTensorFlow());

const ResNet = GENERATORS['ResNet']!;

describe('an ONNX model that onnxruntime runs', () => {
  test('is published if it gives the network’s images', async () => {
    const runs: (readonly number[])[] = [];
    const runtime = fake(runs, (x) => x);
    const generator = generatorOf(ResNet);
    const { numTensors } = tf.memory();
    await checkInOnnxRuntime(runtime, generator, 'model.onnx', [oneOf(16), [2, 16, 20]]);
    assert.deepEqual(runs, [[1, 16, 16, 3], [2, 16, 20, 3]]); // prettier-ignore
    assert.equal(tf.memory().numTensors, numTensors);
  });

  test('is refused if it gives others', async () => {
    const runtime = fake([], (x) => tf.add(x, 0.01));
    const checked = checkInOnnxRuntime(runtime, generatorOf(ResNet), 'model.onnx', [oneOf(16)]);
    assert.equal((await problemOf(checked)).code, 'export-differs');
  });

  test('is closed, also if it fails', async () => {
    let closed = 0;
    const runtime = fake(
      [],
      () => assert.fail('It fails.'),
      () => closed++,
    );
    await assert.rejects(checkInOnnxRuntime(runtime, generatorOf(ResNet), 'model.onnx', [oneOf(16)]), /It fails/);
    assert.equal(closed, 1);
  });
});

describe('onnxruntime-node', () => {
  test('is found where it is installed in the current folder', async (t) => {
    const dir = await folderWith(t, 'exports.env = { versions: { node: "1.2.3" } };');
    const runtime = await openOnnxRuntime(dir);
    assert.equal(runtime!.env.versions['node'], '1.2.3');
  });

  test('is not there otherwise', async (t) => {
    assert.equal(await openOnnxRuntime(temporary(t)), undefined);
  });

  test('that cannot be loaded fails with its own message', async (t) => {
    const dir = await folderWith(t, 'throw new Error("libonnxruntime.so is missing");');
    await assert.rejects(openOnnxRuntime(dir), /libonnxruntime\.so is missing/);
  });
});

async function folderWith(t: TestContext, code: string): Promise<string> {
  const dir = temporary(t);
  const inside = join(dir, 'node_modules', 'onnxruntime-node');
  await mkdir(inside, { recursive: true });
  await writeFile(join(inside, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', main: 'index.cjs' }));
  await writeFile(join(inside, 'index.cjs'), code);
  return dir;
}

/** A runtime that translates with the network. @param runs receives the shapes of the images */
function fake(runs: (readonly number[])[], change: (x: tf.Tensor) => tf.Tensor, onClose = () => {}): OnnxRuntime {
  class Tensor implements OnnxTensor {
    constructor(
      _: 'float32',
      readonly data: Float32Array,
      readonly dims: readonly number[],
    ) {}
  }
  const { network, weights } = generatorOf(ResNet);
  const run = ({ image }: Readonly<Record<string, OnnxTensor>>) => {
    runs.push(image!.dims);
    const translated = tf.tidy(() => {
      return change(network.apply(weights, tf.tensor<tf.Rank.R4>(image!.data, image!.dims as Tensor4D['shape'])));
    });
    const values = translated.dataSync<'float32'>();
    translated.dispose();
    return Promise.resolve({ translation: new Tensor('float32', values, translated.shape) });
  };
  const session = { run, release: () => Promise.resolve(onClose()) };
  return { InferenceSession: { create: () => Promise.resolve(session) }, Tensor, env: { versions: {} } };
}
