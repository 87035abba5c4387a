import assert from 'node:assert/strict';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Rig } from './rig.js';

const auto = { RUNNER_ENGINE: 'auto' };
const prebuilt = 'node_modules/@tensorflow/tfjs-node/scripts/install.js';
const install = `require('fs').mkdirSync('lib/napi-v8', { recursive: true });
require('fs').writeFileSync('lib/napi-v8/tfjs_binding.node', process.argv.slice(2).join(' '));`;

test('a wrong RUNNER_ENGINE is answered with the right ones', (t) => {
  const { code, stderr } = new Rig(t).run(['setup'], { RUNNER_ENGINE: 'cuda' });
  assert.equal(code, 2);
  assert.match(stderr, /RUNNER_ENGINE is "cuda"; it can be auto, cpu, gpu, prebuilt/);
});

test('without Python, the package’s own prebuilt is installed, and stays until there is something better', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  rig.write(prebuilt, install);
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /needs Python 3 with pip/);
  assert.ok(readFileSync(rig.binding, 'utf8').endsWith('download'));
  assert.deepEqual(rig.run(['translate'], auto), { code: 0, stdout: 'ran translate', stderr: '' });
});

test('without Python and with an unreachable prebuilt, the error tells both reasons and what to install', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 1);
  assert.match(stderr, /1\. .*no python3 in PATH.*2\. .*no such host.*What to do: Install Python 3 with pip/s);
});

test('RUNNER_ENGINE=cpu does not fall back to the prebuilt', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  rig.write(prebuilt, install);
  assert.equal(rig.run(['setup'], { RUNNER_ENGINE: 'cpu' }).code, 1);
  assert.ok(!existsSync(rig.binding));
});

test('RUNNER_ENGINE=prebuilt replaces a built engine, and leaves the cache alone', (t) => {
  const rig = new Rig(t);
  rig.write(prebuilt, install);
  rig.run();
  assert.equal(rig.run(['setup'], { RUNNER_ENGINE: 'prebuilt' }).code, 0);
  assert.ok(readFileSync(rig.binding, 'utf8').endsWith('download'));
  assert.equal(rig.run().code, 0);
  assert.equal(readFileSync(rig.binding, 'utf8'), 'g++');
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'g++', 'g++']);
});

test('where nvidia-smi lists a GPU, the CUDA build and its companions are set up for tfjs-node-gpu', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "GPU 0: NVIDIA H100"');
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 0, stderr);
  // There is no CUDA build for ARM.
  const expected = process.arch === 'x64' ? /NVIDIA GPUs.*tensorflow==.*nvidia-cublas-cu12==/s : /CPUs/;
  assert.match(stderr, expected);
  assert.equal(existsSync(rig.binding.replace('tfjs-node', 'tfjs-node-gpu')), process.arch === 'x64');
  assert.deepEqual(rig.run(['translate'], auto), { code: 0, stdout: 'ran translate', stderr: '' });
});

test('a GPU that is gone leaves the CPU in use', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "GPU 0: NVIDIA H100"');
  rig.run(['setup'], auto);
  rig.take('nvidia-smi');
  assert.equal(rig.run(['setup'], auto).code, 0);
  assert.ok(existsSync(rig.binding));
  assert.ok(!existsSync(rig.binding.replace('tfjs-node', 'tfjs-node-gpu')));
});

test('an nvidia-smi that finds no GPU does not mean one', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "No devices were found"; exit 6');
  const { stderr } = rig.run(['setup'], auto);
  assert.match(stderr, /TensorFlow [\d.]+ for CPUs/);
});

test('a link to runner, as npm makes it, finds its way', (t) => {
  const rig = new Rig(t);
  symlinkSync('../../runner', join(rig.root, 'node_modules/@tensorflow/linked'));
  assert.equal(rig.run(['list'], {}, 'node_modules/@tensorflow/linked').stdout, 'ran list');
});

test('an old Node is told by a sentence, and so is none', (t) => {
  const rig = new Rig(t);
  rig.giveTool('node', 'echo v20.9.1');
  const old = rig.run(['list']);
  assert.equal(old.code, 1);
  assert.match(old.stderr, /20\.10 or later is needed; "node" in PATH is v20\.9\.1/);
  rig.take('node');
  assert.match(rig.run(['list']).stderr, /no "node" is in PATH/);
});
