import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import {
  compare,
  modelOf,
  patternImages,
  patternWeights,
  readFloats,
  readReference,
  runCase,
  type Case,
  type CycleGanCase,
  type Pix2PixCase,
} from '../methods/numerics.js';
import { servicesPython } from './python.js';

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
 * oneDNN). Before any update it is absolute.
 */
const MAX_RATIO = 3;

describe('at full width, losses, gradients and three updates agree with Python TensorFlow', () => {
  agrees('CycleGAN', 'cyclegan_tensorflow.py', CYCLEGAN);
  agrees('Pix2Pix', 'pix2pix_tensorflow.py', PIX2PIX);
});

test('ResNet-9 at 256 pixels translates as PyTorch’s modules do with the same weights', (t) => {
  const spec = {
    ...CYCLEGAN['ResNet-6, 64 pixels, least squares']!,
    generator: { ...RESNET_6, blocks: 9 },
    imageSize: 256,
  };
  const out = reference(t, 'resnet_torch.py', { ...spec, ...spec.generator });
  const expected = readFloats(join(out, 'translated.bin'), 0, 256 * 256 * 3);
  const { G } = modelOf(spec);
  const translated = G.apply(patternWeights(G, 'G', spec.amplitude), patternImages('x', 1, 256));
  const pixels = Array.from(translated.dataSync());
  const difference = pixels.reduce((largest, pixel, i) => Math.max(largest, Math.abs(pixel - expected[i]!)), 0);
  t.diagnostic(`largest difference ${difference}, of pixels in [-1, 1]`);
  assert.ok(difference < 1e-3, `pixels differ by ${difference}`);
  assert.ok(
    expected.some((pixel) => pixel > 0.5),
    'the image is not blank',
  );
});

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
        const bound = MAX_RATIO * baseline[what];
        assert.ok(differences[what] <= bound, `${what} differ by ${differences[what]}, more than ${bound}`);
      }
    });
  }
}
