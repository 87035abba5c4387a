import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, checkEngine } from '../../../src/cli/doctor/check-engine.js';
import type { DeviceTrial } from '../../../src/engine/try-device.js';

const versions = {
  tfjs: '4.22.0',
  kind: 'gpu',
  device: 'gpu',
  tensorflow: '2.21.0',
  node: '20.20.2',
  cpu: 'AMD EPYC',
  settings: {},
} as const;
const card = { card: 'NVIDIA H200', cardMemory: 150e9, computeCapability: '9.0', driver: '570.133.20' };
const trial: DeviceTrial = { device: 'gpu', card, milliseconds: 0.41, difference: 0.0013 };

test('the engine in use computes a convolution, which is the processor’s to the last bits', async () => {
  const [engine, device, ...others] = await checkEngine(process.env);
  assert.deepEqual([engine?.state, device?.state, others], ['ok', 'ok', []]);
  assert.match(
    device!.text,
    /: a 3x3 convolution of 64 channels at 256x256 in [\d.e+]+ ms; results differ from JavaScript’s by/,
  );
});

test('a card that works is shown with its time and its difference', () => {
  const [engine, device] = answered({ versions, trial }, '/cache/engine');
  assert.equal(engine?.text, 'TensorFlow 2.21.0 for NVIDIA GPUs, TensorFlow.js 4.22.0, in /cache/engine');
  assert.equal(device?.state, 'ok');
  assert.match(
    device.text,
    /^NVIDIA H200, 150 GB, compute capability 9\.0, driver 570\.133\.20: .* in 0\.410 ms; .* by 0\.001/,
  );
});

test('a device that computes something else is broken', () => {
  for (const difference of [0.5, 12]) {
    const [, device] = answered({ versions, trial: { ...trial, difference } }, '/cache/engine');
    assert.equal(device?.state, 'broken');
    assert.match(device.text, /a convolution is wrong, by/);
  }
});

test('an engine for GPUs without a GPU is broken, with the reason and its cure', () => {
  const problem = { code: 'no-gpu', message: 'It finds none: no driver.', cure: 'Install one.' } as const;
  assert.deepEqual(answered({ problems: [problem] }, '/cache/engine'), [
    { state: 'broken', name: 'engine', text: problem.message, cure: problem.cure },
  ]);
});
