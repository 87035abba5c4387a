import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedSettings } from '../../src/engine/recorded-settings.js';

test('settings that change numbers, speed or memory are recorded, and no others', () => {
  const env = {
    TF_ENABLE_ONEDNN_OPTS: '1',
    NVIDIA_TF32_OVERRIDE: '0',
    HOME: '/home/me',
    MLFLOW_TRACKING_PASSWORD: 'x',
  };
  assert.deepEqual(recordedSettings(env), { TF_ENABLE_ONEDNN_OPTS: '1', NVIDIA_TF32_OVERRIDE: '0' });
});

test('where CUDA and compiled programs lie is not recorded, and flags beside it are', () => {
  const flags = (text: string) => recordedSettings({ XLA_FLAGS: text })['XLA_FLAGS'];
  assert.equal(flags('--xla_gpu_cuda_data_dir=/home/me/nvcc'), undefined);
  assert.equal(
    recordedSettings({ TF_XLA_FLAGS: '--tf_xla_persistent_cache_directory=/home/me/xla' })['TF_XLA_FLAGS'],
    undefined,
  );
  assert.equal(flags('--xla_gpu_cuda_data_dir=/home/me/nvcc --xla_gpu_autotune_level=0'), '--xla_gpu_autotune_level=0');
});
