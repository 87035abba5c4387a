import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { engineEnvironment, oneDnn } from '../../src/engine/environment.js';
import { usesGpu } from '../../src/engine/backend.js';
import { engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { engineKind, findEngine } from '../../src/support/engine-files.js';

test('the native backend is in use after loading, and shares tfjs-core with this import', async () => {
  const native = await loadTensorFlow();
  assert.equal(tf.getBackend(), 'tensorflow');
  assert.equal(native.engine(), tf.engine());
});

test('a second load gives the same module', async () => {
  assert.equal(await loadTensorFlow(), await loadTensorFlow());
});

test('the native backend computes gradients', async () => {
  await loadTensorFlow();
  const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  assert.deepEqual([...gradient.dataSync()], [2, 4]);
});

test('the engine’s versions are those of the native library and the processor', async () => {
  const versions = await engineVersions();
  assert.match(versions.tensorflow, /^2\.\d+\.\d+/);
  assert.equal(versions.kind, engineKind());
  assert.equal(versions.tfjs, tf.version_core);
  assert.equal(versions.node, process.versions.node);
  assert.equal(versions.device, usesGpu() ? 'gpu' : 'cpu');
  assert.equal(versions.settings['TF_ENABLE_ONEDNN_OPTS'], process.env['TF_ENABLE_ONEDNN_OPTS']);
});

test('the engine needs no files written into node_modules', () => {
  const { binding } = findEngine()!;
  assert.ok(!binding.includes('node_modules'), binding);
});

test('all of TensorFlow.js works: training and saving models, images, SavedModels', async (t) => {
  const native = await loadTensorFlow();
  const dir = mkdtempSync(join(tmpdir(), 'native-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const model = native.sequential({ layers: [native.layers.dense({ units: 1, inputShape: [1] })] });
  model.compile({ loss: 'meanSquaredError', optimizer: 'sgd' });
  await model.fit(native.tensor2d([[1], [2]]), native.tensor2d([[2], [4]]), { epochs: 1, verbose: 0 });
  await model.save(`file://${dir}`);
  const again = (await native.loadLayersModel(`file://${dir}/model.json`)).predict(native.ones([1, 1]));
  const before = model.predict(native.ones([1, 1])) as tf.Tensor;
  assert.deepEqual([...(again as tf.Tensor).dataSync()], [...before.dataSync()]);
  const png = await native.node.encodePng(native.zeros([2, 3, 3]));
  assert.deepEqual(native.node.decodeImage(png).shape, [2, 3, 3]);
  assert.equal(native.version['tfjs-node'], native.version.tfjs);
});

test('oneDNN is on in a process that loads the engine itself, unless the user turns it off', () => {
  for (const env of [{ TF_ENABLE_ONEDNN_OPTS: undefined }, { TF_ENABLE_ONEDNN_OPTS: '0' }]) {
    const { stdout } = inChild(
      `
      const { loadTensorFlow } = await import(module);
      await loadTensorFlow();
      process.stdout.write(String(process.env.TF_ENABLE_ONEDNN_OPTS));
    `,
      env,
    );
    const chosen = env.TF_ENABLE_ONEDNN_OPTS ?? oneDnn({}).TF_ENABLE_ONEDNN_OPTS;
    assert.equal(stdout, String(chosen));
  }
});

test('only the program’s own output reaches the terminal', () => {
  const { status, stdout, stderr } = inChild(`
    const { loadTensorFlow } = await import(module);
    const tf = await loadTensorFlow();
    tf.tensor1d([1, 2]).square().dataSync();
    process.stdout.write('done');
  `);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'done', stderr: '' });
});

test('a missing engine is a problem with a cure', () => {
  const { stdout } = inChild(
    `
    const { loadTensorFlow } = await import(module);
    await loadTensorFlow().catch((error) => process.stdout.write(JSON.stringify(error.problems)));
  `,
    { XDG_CACHE_HOME: '/nothing-here', RUNNER_ENGINE: engineKind() === 'gpu' ? 'cpu' : 'gpu' },
  );
  const [problem] = JSON.parse(stdout) as { code: string; cure: string }[];
  assert.equal(problem?.code, 'engine-missing');
  assert.match(problem.cure, /runner setup/);
});

function inChild(script: string, env: NodeJS.ProcessEnv = {}) {
  const module = fileURLToPath(new URL('../../src/engine/native.js', import.meta.url));
  const source = `const module = ${JSON.stringify(module)};\n${script}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    env: { ...engineEnvironment(), ...env },
  });
}
