import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuLine } from '../../src/engine/gpu-evidence.js';
import { explainNoGpu, foreseeNoGpu, type LoaderEvidence } from '../../src/engine/no-gpu.js';
import type { Card } from '../../src/support/nvidia.js';

const card: Card = {
  index: 0,
  uuid: 'GPU-8932f937',
  name: 'NVIDIA H200',
  computeCapability: 9,
  memory: 150e9,
  driver: '570.133.20',
};

/** A machine on which everything is right. */
const working = { driver: '570.133.20', hasDevice: true, count: 1, cards: [card] };
const nothing = { driver: undefined, hasDevice: false, count: undefined, cards: undefined };

function evidence(
  nvidia: LoaderEvidence['nvidia'],
  rest: Partial<LoaderEvidence> & { readonly broken?: readonly string[] } = {},
): LoaderEvidence {
  const loadError = (library: string) => (rest.broken?.includes(library) ? `${library}: not found` : undefined);
  return { nvidia, env: {}, bringsCuda: true, loadError, log: () => undefined, ...rest };
}

/** In the order in which they are looked for. */
const cases: readonly (readonly [why: string, LoaderEvidence, message: RegExp, cure: RegExp])[] = [
  ['no driver', evidence(nothing), /this machine has no NVIDIA driver/, /Install the driver, 525\.60 or later/],
  [
    'no device file, as in a container that was started without its GPU',
    evidence({ ...nothing, driver: '550.54.14' }),
    /driver 550\.54\.14 is loaded, but there is no \/dev\/nvidiactl/,
    /--gpus all/,
  ],
  [
    'all cards hidden',
    evidence(working, { env: { CUDA_VISIBLE_DEVICES: '' } }),
    /CUDA_VISIBLE_DEVICES is "", which hides all cards/,
    /Unset it, or name a card/,
  ],
  [
    'a hidden card by the usual -1',
    evidence(working, { env: { CUDA_VISIBLE_DEVICES: '-1' } }),
    /CUDA_VISIBLE_DEVICES is "-1", which hides all cards/,
    /Unset it/,
  ],
  [
    'a card that is not there',
    evidence({ ...working, count: 2 }, { env: { CUDA_VISIBLE_DEVICES: '7' } }),
    /CUDA_VISIBLE_DEVICES is "7", and there is no card 7: this machine has 2/,
    /from 0 to 1/,
  ],
  [
    'too old a driver',
    evidence({ ...working, driver: '470.256.02' }),
    /driver is 470\.256\.02, and CUDA 12 needs 525\.60/,
    /newer driver/,
  ],
  [
    'too old a driver that only nvidia-smi names, as in WSL',
    evidence({ ...working, driver: undefined, cards: [{ ...card, driver: '525.59' }] }),
    /driver is 525\.59, and/,
    /newer driver/,
  ],
  [
    'the driver’s library missing',
    evidence(working, { broken: ['libcuda.so.1'] }),
    /driver’s library does not load \(libcuda\.so\.1: not found\)/,
    /libraries of the driver 570\.133\.20/,
  ],
  [
    'a library of CUDA missing',
    evidence(working, { broken: ['libcudnn.so.9'] }),
    /a library of CUDA does not load \(libcudnn\.so\.9: not found\)/,
    /runner setup --remove-engines, then RUNNER_ENGINE=gpu runner setup/,
  ],
  [
    'too old a card',
    evidence({ ...working, cards: [{ ...card, name: 'Tesla V100', computeCapability: 7 }] }),
    /too old: Tesla V100 \(7\.0\), and the engine’s cuDNN supports compute capability 7\.5/,
    /newer card/,
  ],
  [
    'something that only TensorFlow knows',
    evidence(working, { log: () => 'failed call to cuInit: CUDA_ERROR_NO_DEVICE' }),
    /TensorFlow sees none: failed call to cuInit: CUDA_ERROR_NO_DEVICE\./,
    /nvidia-smi lists the card/,
  ],
  ['something that nobody knows', evidence(working), /TensorFlow sees none, and does not say why\./, /nvidia-smi/],
];

for (const [why, given, message, cure] of cases) {
  test(`the reason for no GPU can be: ${why}`, () => {
    const problem = explainNoGpu(given);
    assert.equal(problem.code, 'no-gpu');
    assert.match(problem.message, /^The engine is for NVIDIA GPUs and finds none: [^\n]*\.$/);
    assert.match(problem.message, message);
    assert.match(problem.cure!, cure);
    assert.match(problem.cure!, /engine\.device: cpu/, 'the way without a GPU');
    assert.deepEqual(problem.option, ['engine', 'device']);
  });
}

for (const [error, cure] of [
  ['CUDA_ERROR_SYSTEM_NOT_READY: system not yet initialized', /nvidia-fabricmanager/],
  ['UNKNOWN ERROR (802)', /nvidia-fabricmanager/],
  ['CUDA_ERROR_SYSTEM_DRIVER_MISMATCH', /restart the machine/],
  ['CUDA_ERROR_UNKNOWN: unknown error', /nvidia-modprobe/],
] as const) {
  test(`the cure of "${error}" is known`, () => {
    assert.match(explainNoGpu(evidence(working, { log: () => `failed call to cuInit: ${error}` })).cure!, cure);
  });
}

test('before a run starts, a machine on which a GPU may work is no problem', () => {
  assert.equal(foreseeNoGpu(evidence(working)), undefined);
  const unknown = { driver: undefined, hasDevice: true, count: undefined, cards: undefined };
  assert.equal(foreseeNoGpu(evidence(unknown)), undefined, 'WSL without nvidia-smi in PATH');
});

test('a card in the machine that is too old does not matter where another one is used', () => {
  const cards = [
    { ...card, computeCapability: 5 },
    { ...card, index: 1, uuid: 'GPU-2' },
  ];
  const given = (device: string) => evidence({ ...working, count: 2, cards }, { env: { RUNNER_DEVICE: device } });
  assert.equal(foreseeNoGpu(given('1')), undefined);
  assert.match(foreseeNoGpu(given('0'))!.message, /too old/);
});

test('the prebuilt engine, which brings no CUDA along, is not measured by CUDA 12', () => {
  const old = { ...working, driver: '470.256.02', cards: [{ ...card, computeCapability: 6 }] };
  const given = evidence(old, { bringsCuda: false, broken: ['libcudnn.so.9'], log: () => 'Could not load cudart' });
  assert.match(explainNoGpu(given).message, /Could not load cudart/);
});

test('of TensorFlow’s log, the line that says most about GPUs is quoted without its time', () => {
  const log = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795916180.600552   12194 cpu_feature_guard.cc:227] This TensorFlow binary is optimized
W0000 00:00:1795916180.600552   12194 gpu_device.cc:2365] Cannot dlopen some GPU libraries.
E0000 00:00:1795916180.601357   12194 cuda_platform.cc:52] failed call to cuInit: UNKNOWN ERROR (303)
`;
  assert.equal(gpuLine(log), 'Cannot dlopen some GPU libraries.');
  assert.equal(
    gpuLine('2026-11-29 01:00:00.1: I gpu_device.cc:1] Ignoring visible gpu device'),
    'Ignoring visible gpu device',
  );
  assert.equal(gpuLine('nothing to see\n'), undefined);
});
