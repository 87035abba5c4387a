import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { engineEnvironment, engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { bindingPath, enginePackage } from '../../src/support/engine-package.js';

test('the native backend is in use after loading, and shares tfjs-core with this import', async () => {
  const native = await loadTensorFlow();
  assert.equal(tf.getBackend(), 'tensorflow');
  assert.equal(native.engine(), tf.engine());
});

test('a second load gives the same module', async () => {
  assert.equal(await loadTensorFlow(), await loadTensorFlow());
});

test('gradients are computed', async () => {
  await loadTensorFlow();
  const gradient = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
  assert.deepEqual([...gradient.dataSync()], [2, 4]);
});

test('the versions name the package and the native library', async () => {
  const versions = await engineVersions();
  assert.match(versions.tensorflow, /^2\.\d+\.\d+/);
  assert.equal(versions.package.endsWith('-gpu'), versions.kind === 'gpu');
  assert.equal(versions.node, process.versions.node);
});

test('RUNNER_ENGINE names the package', () => {
  assert.equal(enginePackage({ RUNNER_ENGINE: 'cpu' }), '@tensorflow/tfjs-node');
  assert.equal(enginePackage({ RUNNER_ENGINE: 'gpu' }), '@tensorflow/tfjs-node-gpu');
});

test('the environment for a child keeps what the user set', () => {
  const env = engineEnvironment({ HOME: '/home/me', TF_CPP_MIN_LOG_LEVEL: '0' });
  assert.equal(env.HOME, '/home/me');
  assert.equal(env.TF_CPP_MIN_LOG_LEVEL, '0');
});

test('the engine’s process has two heaps, unless the user says otherwise', () => {
  assert.equal(engineEnvironment({}).MALLOC_ARENA_MAX, '2');
  assert.equal(engineEnvironment({ MALLOC_ARENA_MAX: '8' }).MALLOC_ARENA_MAX, '8');
});

test('nothing but the program’s own output reaches the terminal', () => {
  const { status, stdout, stderr } = inChild(`
    const { loadTensorFlow } = await import(module);
    const tf = await loadTensorFlow();
    tf.tensor1d([1, 2]).square().dataSync();
    process.stdout.write('done');
  `);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'done', stderr: '' });
});

test('a missing engine is a problem that says what to do', () => {
  const { stdout } = inChild(
    `
    const { loadTensorFlow } = await import(module);
    await loadTensorFlow().catch((error) => process.stdout.write(JSON.stringify(error.problems)));
  `,
    { RUNNER_ENGINE: existsSync(bindingPath('@tensorflow/tfjs-node-gpu')) ? 'cpu' : 'gpu' },
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
