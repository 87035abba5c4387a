import assert from 'node:assert/strict';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Rig } from './rig.js';

const auto = { RUNNER_ENGINE: 'auto' };
const install = `require('fs').mkdirSync('lib/napi-v8', { recursive: true });
require('fs').writeFileSync('lib/napi-v8/tfjs_binding.node', process.argv.slice(2).join(' '));`;

test('a wrong RUNNER_ENGINE is reported with the valid values', (t) => {
  const { code, stderr } = new Rig(t).run(['setup'], { RUNNER_ENGINE: 'cuda' });
  assert.equal(code, 2);
  assert.match(stderr, /RUNNER_ENGINE is "cuda"; it can be auto, cpu, gpu, prebuilt/);
});

test('without Python, the package’s own prebuilt is installed, and stays until there is something better', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  rig.giveInstaller(install);
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /needs Python 3 with pip/);
  assert.equal(readFileSync(rig.binding()!, 'utf8'), 'cpu download');
  assert.deepEqual(rig.run(['translate'], auto), { code: 0, stdout: 'ran translate', stderr: '' });
});

test('without Python and with an unreachable prebuilt, the error tells both reasons and what to install', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  rig.giveInstaller('console.log("no such host"); process.exit(1);');
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 1);
  assert.match(stderr, /1\. .*no python3 in PATH.*2\. .*no such host.*What to do: Install Python 3 with pip/s);
});

test('RUNNER_ENGINE=cpu does not fall back to the prebuilt', (t) => {
  const rig = new Rig(t);
  rig.take('python3');
  rig.giveInstaller(install);
  assert.equal(rig.run(['setup'], { RUNNER_ENGINE: 'cpu' }).code, 1);
  assert.equal(rig.binding(), undefined);
});

test('RUNNER_ENGINE=prebuilt has its engine beside a built one, which is still used when nothing is asked for', (t) => {
  const rig = new Rig(t);
  rig.giveInstaller(install);
  assert.equal(rig.run(['setup'], { RUNNER_ENGINE: 'prebuilt' }).code, 0);
  assert.equal(readFileSync(rig.binding()!, 'utf8'), 'cpu download');
  assert.deepEqual(rig.run(['translate'], { RUNNER_ENGINE: 'prebuilt' }), {
    code: 0,
    stdout: 'ran translate',
    stderr: '',
  });
  assert.equal(rig.run(['setup'], auto).code, 0);
  assert.deepEqual(rig.calls(), ['pip', 'unpack', 'g++', 'g++']);
  assert.equal(rig.engines().length, 2);
});

test('without npm the prebuilt is refused with its reason', (t) => {
  const rig = new Rig(t);
  const { code, stderr } = rig.run(['setup'], { RUNNER_ENGINE: 'prebuilt' });
  assert.equal(code, 1);
  assert.match(stderr, /could not be installed:\n.*npm is not in PATH/);
});

test('where nvidia-smi lists a GPU, the CUDA build and its companions are set up', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "GPU 0: NVIDIA H100"');
  const { code, stderr } = rig.run(['setup'], auto);
  assert.equal(code, 0, stderr);
  // There is no CUDA build for ARM.
  const expected = process.arch === 'x64' ? /NVIDIA GPUs.*tensorflow==.*nvidia-cublas-cu12==/s : /CPUs/;
  assert.match(stderr, expected);
  assert.equal(rig.engines('gpu').length, process.arch === 'x64' ? 1 : 0);
  assert.deepEqual(rig.run(['translate'], auto), { code: 0, stdout: 'ran translate', stderr: '' });
});

test('a GPU that is gone leaves the CPU in use', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "GPU 0: NVIDIA H100"');
  rig.run(['setup'], auto);
  rig.take('nvidia-smi');
  assert.equal(rig.run(['setup'], auto).code, 0);
  assert.ok(rig.binding('cpu'));
  assert.deepEqual(rig.run(['translate'], auto), { code: 0, stdout: 'ran translate', stderr: '' });
});

test('an nvidia-smi that finds no GPU does not mean one', (t) => {
  const rig = new Rig(t);
  rig.giveTool('nvidia-smi', 'echo "No devices were found"; exit 6');
  const { stderr } = rig.run(['setup'], auto);
  assert.match(stderr, /TensorFlow [\d.]+ for CPUs/);
});

test('runner works through a symbolic link, as npm creates it', (t) => {
  const rig = new Rig(t);
  rig.write('node_modules/bin/other', '');
  symlinkSync('../../runner', join(rig.root, 'node_modules/bin/linked'));
  assert.equal(rig.run(['list'], {}, 'node_modules/bin/linked').stdout, 'ran list');
});

test('an old or missing Node is reported', (t) => {
  const rig = new Rig(t);
  rig.giveTool('node', 'echo v20.9.1');
  const old = rig.run(['list']);
  assert.equal(old.code, 1);
  assert.match(old.stderr, /20\.10 or later is needed; "node" in PATH is v20\.9\.1/);
  rig.take('node');
  assert.match(rig.run(['list']).stderr, /no "node" is in PATH/);
});
