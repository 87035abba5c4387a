import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import { randomKey } from '../../src/engine/random-tensors.js';
import {
  compare,
  flips,
  modelOf,
  placesOf,
  patternImages,
  patternWeights,
  readFloats,
  readReference,
  runCase,
  type Case,
  type CutCase,
  type CycleGanCase,
  type Pix2PixCase,
} from '../methods/numerics.js';
import { initialized } from '../../src/models/initialization.js';
import { conv, convTranspose, type Layer } from '../../src/models/layers.js';
import { runPython, servicesPython } from './python.js';

before(() => loadTensorFlow());

const scripts = fileURLToPath(new URL('../../../test/services/python/', import.meta.url));
const COMMON = { batch: 1, steps: 3, amplitude: 0.035 };
const CYCLE = { ...COMMON, lambda: { forward: 10, backward: 10 }, identity: 0.5 };
const DISCRIMINATOR = { type: 'patchgan', width: 64, layers: 3, slope: 0.3 };
const UNET = { type: 'unet', width: 64, depth: 8, slope: 0.3 };
const RESNET_6 = { type: 'resnet', width: 64, blocks: 6 };

const CYCLEGAN: Readonly<Record<string, CycleGanCase>> = {
  'ResNet-6, 64 pixels, binary cross-entropy': {
    ...CYCLE,
    generator: RESNET_6,
    discriminator: DISCRIMINATOR,
    adversarial: 'bce',
    imageSize: 64,
  },
  'ResNet-6, 64 pixels, least squares': {
    ...CYCLE,
    generator: RESNET_6,
    discriminator: DISCRIMINATOR,
    adversarial: 'least-squares',
    imageSize: 64,
  },
  'U-Net, 256 pixels, binary cross-entropy': {
    ...CYCLE,
    generator: UNET,
    discriminator: DISCRIMINATOR,
    adversarial: 'bce',
    imageSize: 256,
  },
};

const PAIR = {
  ...COMMON,
  generator: UNET,
  discriminator: DISCRIMINATOR,
  imageSize: 256,
  adversarial: 'bce',
  lambda: 100,
};

const PIX2PIX: Readonly<Record<string, Pix2PixCase>> = {
  'A to B': { ...PAIR, direction: 'AtoB' },
  'B to A': { ...PAIR, direction: 'BtoA' },
};

/**
 * At full width the step amplifies rounding: Adam moves a weight by the sign of its gradient, however small, and the first steps of a GAN
 * are chaotic. So after three updates the bound is relative to the difference of TensorFlow from itself with other kernels (without
 * oneDNN), which may be next to nothing by chance: so it is no less than {@link LEAST}. Before any update it is absolute.
 */
const MAX_RATIO = 3;
/** A wrong factor or sign makes differences of a per cent and more. */
const LEAST = { losses: 1e-4, gradients: 1e-3, weights: 0.05 } as const;

describe('at full width, losses, gradients and three updates agree with Python TensorFlow', () => {
  agrees('CycleGAN', 'cyclegan_tensorflow.py', CYCLEGAN);
  agrees('Pix2Pix', 'pix2pix_tensorflow.py', PIX2PIX);
});

describe('losses and gradients agree with PyTorch', () => {
  const CUT: CutCase = {
    ...COMMON,
    generator: { ...RESNET_6, width: 16 },
    discriminator: DISCRIMINATOR,
    adversarial: 'least-squares',
    imageSize: 64,
    batch: 2,
    steps: 0,
    direction: 'AtoB',
    ...{ lambda: 1, identity: true, flips: false, patches: 100, temperature: 0.07, projection: 32, seed: 1 },
    layers: ['image', 'down1', 'down2', 'residual1', 'residual5'],
  };
  const FASTCUT = { ...CUT, lambda: 10, identity: false, flips: true };
  const cases: Readonly<Record<string, { readonly spec: CutCase; readonly flipped?: boolean }>> = {
    CUT: { spec: CUT },
    'CUT without aliasing': {
      spec: {
        ...CUT,
        generator: { ...CUT.generator, downsampling: 'antialiased', upsampling: 'antialiased' },
        discriminator: { ...DISCRIMINATOR, downsampling: 'antialiased' },
      },
    },
    'FastCUT, flipped': { spec: FASTCUT, flipped: true },
    'FastCUT, not flipped, from B to A': { spec: { ...FASTCUT, direction: 'BtoA' }, flipped: false },
  };
  for (const [name, { spec: given, flipped }] of Object.entries(cases)) {
    test(`in ${name}`, (t) => {
      const seed = flipped === undefined ? given.seed : seedThat((each) => flips(each) === flipped);
      const spec = { ...given, seed };
      const places = placesOf(spec);
      const python = readReference(reference(t, 'cut_torch.py', { ...spec, places, flip: flipped === true }));
      const own = { ...runCase({ ...spec, steps: 1 }), names: python.names };
      const differences = compare(own, python);
      t.diagnostic(JSON.stringify(differences));
      assert.ok(differences.firstLosses < 1e-5, `losses differ by ${differences.firstLosses}`);
      // Where a LeakyReLU’s input is all but 0, rounding decides its sign, and so a per cent of a gradient; the other cases agree to 1e-4.
      assert.ok(differences.gradients < 3e-2, `gradients differ by ${differences.gradients}`);
    });
  }
});

describe('with the same weights as PyTorch’s modules,', () => {
  const base = { ...CYCLEGAN['ResNet-6, 64 pixels, least squares']!, imageSize: 256 };

  const resnets: Readonly<Record<string, Readonly<Record<string, string | boolean>>>> = {
    'ResNet-9': {},
    'ResNet-9 with resizes': { upsampling: 'resize' },
    'ResNet-9 without scales and offsets of norms': { affine: false },
    'ResNet-9 with subpixels, layer norms and biases': { upsampling: 'subpixel', norm: 'layer', bias: true },
    'ResNet-9 with attention': { attention: true },
    'ResNet-9 without aliasing, as in CUT,': { downsampling: 'antialiased', upsampling: 'antialiased' },
  };
  for (const [name, options] of Object.entries(resnets)) {
    test(`a ${name} at 256 pixels translates as they do`, (t) => {
      const spec = { ...base, generator: { ...RESNET_6, blocks: 9, ...options } };
      const out = reference(t, 'resnet_torch.py', { ...spec, ...spec.generator });
      const expected = readFloats(join(out, 'translated.bin'), 0, 256 * 256 * 3);
      const { G } = modelOf(spec);
      const translated = G.apply(patternWeights(G, 'G', spec.amplitude), patternImages('x', 1, 256));
      close(t, translated, expected);
      assert.ok(
        expected.some((pixel) => pixel > 0.5),
        'the image is not blank',
      );
    });
  }

  const patchgans: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    'PatchGAN, strided,': {},
    'PatchGAN, antialiased,': { downsampling: 'antialiased' },
    'PatchGAN with batch norms, in training,': { norm: 'batch' },
    'PatchGAN of three scales': { scales: 3 },
  };
  for (const [name, options] of Object.entries(patchgans)) {
    test(`a ${name} at 256 pixels judges as they do`, (t) => {
      const spec = { ...base, batch: 2, discriminator: { downsampling: 'strided', norm: 'instance', ...DISCRIMINATOR, ...options } }; // prettier-ignore
      const out = reference(t, 'patchgan_torch.py', { ...spec, ...spec.discriminator });
      const { D_X } = modelOf(spec);
      const given = [patternWeights(D_X, 'D', spec.amplitude), patternImages('x', 2, 256), randomKey(1, 1)] as const;
      const maps = D_X.maps?.(...given) ?? [D_X.apply(...given)];
      const scores = tf.concat(maps.map((map) => tf.reshape(map, [-1])));
      const expected = readFloats(join(out, 'logits.bin'), 0, scores.size);
      close(t, scores, expected);
      assert.ok(
        expected.some((logit) => Math.abs(logit) > 0.1),
        'the logits are not blank',
      );
    });
  }
});

test('initial kernels have the deviations that PyTorch gives the same layers', () => {
  // Kernels of a convolution and of a transposed one, in PyTorch's order of axes.
  const shapes = { conv: [64, 32, 3, 3], transposed: [64, 16, 4, 4] };
  const expected = runPython<Record<keyof typeof shapes, Record<'xavier' | 'kaiming', number>>>('deviations_torch.py', JSON.stringify(shapes)); // prettier-ignore
  const layers = { conv: conv('conv', { kernel: 3, from: 32, to: 64 }), transposed: convTranspose('conv', { kernel: 4, from: 64, to: 16 }) }; // prettier-ignore
  for (const [name, layer] of Object.entries(layers) as [keyof typeof shapes, Layer][]) {
    for (const init of ['xavier', 'kaiming'] as const) {
      const { initial } = initialized(layer, { init, gain: 0.02 }).weights[0]!;
      assert.ok(initial.kind === 'normal');
      const difference = Math.abs(initial.stddev / expected[name][init] - 1);
      assert.ok(difference < 1e-6, `${name}, ${init}: ${initial.stddev} instead of ${expected[name][init]}`);
    }
  }
});

function close(t: TestContext, found: Tensor, expected: Float32Array): void {
  const values = Array.from(found.dataSync());
  assert.equal(values.length, expected.length);
  const difference = values.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
  t.diagnostic(`largest difference ${difference}`);
  assert.ok(difference < 1e-3, `they differ by ${difference}`);
}

function seedThat(fits: (seed: number) => boolean): number {
  let seed = 1;
  while (!fits(seed)) seed++;
  return seed;
}

/** Runs a script on a case. @returns the folder of its output, which is removed after the test */
function reference(t: TestContext, script: string, spec: object, env: NodeJS.ProcessEnv = {}): string {
  const out = mkdtempSync(join(tmpdir(), 'numerics-'));
  t.after(() => rmSync(out, { recursive: true, force: true }));
  writeFileSync(join(out, 'case.json'), JSON.stringify(spec));
  execFileSync(servicesPython(), [join(scripts, script), join(out, 'case.json'), out], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  return out;
}

/** @param script computes the reference of each case */
function agrees(method: string, script: string, cases: Readonly<Record<string, Case>>): void {
  for (const [name, spec] of Object.entries(cases)) {
    test(`in ${method}, ${name}`, (t) => {
      const python = readReference(reference(t, script, spec));
      const otherKernels = readReference(reference(t, script, spec, { TF_ENABLE_ONEDNN_OPTS: '0' }));
      const baseline = compare(otherKernels, python);
      const differences = compare(runCase(spec), python);
      t.diagnostic(`from Python: ${JSON.stringify(differences)}`);
      t.diagnostic(`Python from itself: ${JSON.stringify(baseline)}`);

      assert.ok(differences.firstLosses < 1e-5, `losses of the first step differ by ${differences.firstLosses}`);
      assert.ok(differences.gradients < 1e-2, `gradients of the first step differ by ${differences.gradients}`);
      for (const what of ['losses', 'gradients', 'weights'] as const) {
        const bound = Math.max(MAX_RATIO * baseline[what], LEAST[what]);
        assert.ok(differences[what] <= bound, `${what} differ by ${differences[what]}, more than ${bound}`);
      }
    });
  }
}
