import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadTensorFlow } from '../../src/engine/native.js';
import {
  compareWith,
  distance,
  modelOf,
  patternPictures,
  patternWeights,
  readFloats,
  readReference,
  type Case,
} from '../objectives/numerics.js';
import { servicesPython } from './python.js';

before(() => loadTensorFlow());

const scripts = fileURLToPath(new URL('../../../test/services/python/', import.meta.url));
const COMMON = { batch: 1, steps: 3, amplitude: 0.035, lambda: { forward: 10, backward: 10 }, identity: 0.5 };
const DISCRIMINATOR = { type: 'patchgan', width: 64, layers: 3, slope: 0.3 };
const UNET = { type: 'unet', width: 64, depth: 8, slope: 0.3 };
const RESNET_6 = { type: 'resnet', width: 64, blocks: 6 };

const CASES: Readonly<Record<string, Case>> = {
  'ResNet-6, 64 pixels, binary cross-entropy': {
    ...COMMON,
    generator: RESNET_6,
    discriminator: DISCRIMINATOR,
    adversarial: 'bce',
    imageSize: 64,
  },
  'ResNet-6, 64 pixels, least squares': {
    ...COMMON,
    generator: RESNET_6,
    discriminator: DISCRIMINATOR,
    adversarial: 'least-squares',
    imageSize: 64,
  },
  'U-Net, 256 pixels, binary cross-entropy': {
    ...COMMON,
    generator: UNET,
    discriminator: DISCRIMINATOR,
    adversarial: 'bce',
    imageSize: 256,
  },
};

describe('at full width the training step agrees with Python TensorFlow in losses, gradients and three updates', () => {
  for (const [name, spec] of Object.entries(CASES)) {
    test(name, (t) => {
      const out = reference(t, 'cyclegan_tensorflow.py', spec);
      const differences = compareWith(readReference(out));
      t.diagnostic(JSON.stringify(differences));
      assert.ok(differences.losses < 1e-4, `losses differ by ${differences.losses}`);
      assert.ok(differences.gradientNorms < 1e-3, `gradients differ by ${differences.gradientNorms}`);
      assert.ok(differences.weightNorms < 1e-2, `weights differ by ${differences.weightNorms}`);
    });
  }
});

test('ResNet-9 at 256 pixels translates as PyTorch’s modules do with the same weights', (t) => {
  const spec = {
    ...CASES['ResNet-6, 64 pixels, least squares']!,
    generator: { ...RESNET_6, blocks: 9 },
    imageSize: 256,
  };
  const out = reference(t, 'resnet_torch.py', { ...spec, ...spec.generator });
  const expected = readFloats(join(out, 'translated.bin'), 0, 256 * 256 * 3);
  const { G } = modelOf(spec);
  const translated = G.apply(patternWeights(G, 'G', spec.amplitude), patternPictures('x', 1, 256));
  const { largest } = distance(translated.dataSync<'float32'>(), expected);
  t.diagnostic(`largest difference ${largest}, of pixels in [-1, 1]`);
  assert.ok(largest < 1e-3, `pixels differ by ${largest}`);
  assert.ok(distance(expected, new Float32Array(expected.length)).largest > 0.5, 'the picture is not blank');
});

/** Runs a script on a case. @returns the folder of what it wrote, which goes with the test */
function reference(t: TestContext, script: string, spec: object): string {
  const out = mkdtempSync(join(tmpdir(), 'numerics-'));
  t.after(() => rmSync(out, { recursive: true, force: true }));
  writeFileSync(join(out, 'case.json'), JSON.stringify(spec));
  execFileSync(servicesPython(), [join(scripts, script), join(out, 'case.json'), out], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  return out;
}
