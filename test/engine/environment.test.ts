import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { engineEnvironment, oneDnn, tensorFlowSettings } from '../../src/engine/environment.js';
import type { Engine } from '../../src/support/engine-files.js';

test('the environment for a child process keeps the user’s settings', () => {
  const env = engineEnvironment({ HOME: '/home/me', TF_CPP_MIN_LOG_LEVEL: '0' });
  assert.equal(env.HOME, '/home/me');
  assert.equal(env.TF_CPP_MIN_LOG_LEVEL, '0');
});

test('the engine’s process has two heaps, unless the user sets another number', () => {
  assert.equal(engineEnvironment({}).MALLOC_ARENA_MAX, '2');
  assert.equal(engineEnvironment({ MALLOC_ARENA_MAX: '8' }).MALLOC_ARENA_MAX, '8');
});

test('oneDNN is on for x86-64, unless the user turns it off', () => {
  assert.deepEqual(oneDnn({}, 'x64'), { TF_ENABLE_ONEDNN_OPTS: '1' });
  assert.deepEqual(oneDnn({ TF_ENABLE_ONEDNN_OPTS: '0' }, 'x64'), { TF_ENABLE_ONEDNN_OPTS: '0' });
  assert.deepEqual(oneDnn({}, 'arm64'), {}, 'TensorFlow chooses');
  assert.equal(engineEnvironment({}).TF_ENABLE_ONEDNN_OPTS, oneDnn({}).TF_ENABLE_ONEDNN_OPTS);
});

test('a card’s memory grows as needed, unless the user decides otherwise', (t) => {
  const gpu = engine(t, 'gpu');
  assert.equal(engineEnvironment({}, gpu).TF_FORCE_GPU_ALLOW_GROWTH, 'true');
  assert.equal(engineEnvironment({ TF_FORCE_GPU_ALLOW_GROWTH: 'false' }, gpu).TF_FORCE_GPU_ALLOW_GROWTH, 'false');
  assert.equal(tensorFlowSettings({}, gpu).TF_FORCE_GPU_ALLOW_GROWTH, 'true', 'also in a process of a user’s own');
});

test('the driver may keep all kernels that it compiled for a new card, unless the user sets another size', (t) => {
  const gpu = engine(t, 'gpu');
  assert.equal(engineEnvironment({}, gpu).CUDA_CACHE_MAXSIZE, '4294967296');
  assert.equal(engineEnvironment({ CUDA_CACHE_MAXSIZE: '0' }, gpu).CUDA_CACHE_MAXSIZE, '0');
});

test('an engine for the processor gets no settings of CUDA', (t) => {
  const names = Object.keys(engineEnvironment({}, engine(t, 'cpu')));
  assert.deepEqual(
    names.filter((name) => /GPU|CUDA|LD_/.test(name)),
    [],
  );
});

test('the linker and XLA find the CUDA that set-up installed, before the user’s own', (t) => {
  const gpu = engine(t, 'gpu');
  const cuda = join(gpu.folder, 'site', 'nvidia');
  for (const folder of ['cudnn/lib', 'cublas/lib', 'cuda_nvcc/bin']) mkdirSync(join(cuda, folder), { recursive: true });
  const env = engineEnvironment({ LD_LIBRARY_PATH: '/mine', PATH: '/bin', XLA_FLAGS: '--mine' }, gpu);
  assert.deepEqual(
    env.LD_LIBRARY_PATH?.split(':').sort(),
    [join(cuda, 'cublas/lib'), join(cuda, 'cudnn/lib'), '/mine'].sort(),
  );
  assert.equal(env.LD_LIBRARY_PATH?.split(':').at(-1), '/mine');
  assert.equal(env.PATH, `${join(cuda, 'cuda_nvcc/bin')}:/bin`);
  assert.equal(env.XLA_FLAGS, `--xla_gpu_cuda_data_dir=${join(cuda, 'cuda_nvcc')} --mine`);
});

function engine(t: TestContext, kind: Engine['kind']): Engine {
  const folder = mkdtempSync(join(tmpdir(), 'environment-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return { kind, folder, binding: join(folder, 'lib', 'tfjs_binding.node') };
}
