import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { fitWeights } from '../../src/migration/weights/fit-weights.js';
import { readTorchCheckpoint } from '../../src/migration/weights/read-network.js';
import type { TorchNetwork } from '../../src/migration/weights/torch-network.js';
import { defaults } from '../models/defaults.js';
import { runPython } from './python.js';

interface Case {
  /** What the file must be recognised as. */
  readonly is: RegExp;
  readonly network: string;
  readonly shape: object;
  readonly size: number;
  readonly inputs?: number;
  /** Whether `module.` is before each name, as DistributedDataParallel saves it. */
  readonly wrapped?: boolean;
  /** Torch's format before 1.6. */
  readonly old?: boolean;
  /** Whether there are the running statistics of instance norms of old versions. */
  readonly statistics?: boolean;
  /** Whether batch norms use the image's own statistics. */
  readonly train?: boolean;
}

const RESNET = { network: 'resnet', shape: { blocks: 9, width: 64, norm: 'instance' }, size: 256, is: /ResNet, 9 blocks, width 64, instance norms/ }; // prettier-ignore
const UNET = { network: 'unet', shape: { depth: 8, width: 64, norm: 'batch' }, size: 256, train: true, is: /U-Net, depth 8, width 64, batch norms/ }; // prettier-ignore
const PATCHGAN = { network: 'patchgan', shape: { layers: 3, width: 64, norm: 'instance' }, size: 256, is: /PatchGAN, 3 layers, width 64, instance/ }; // prettier-ignore

const CASES: Readonly<Record<string, Case>> = {
  'resnet-9': RESNET,
  'resnet-9-old-wrapped': { ...RESNET, old: true, wrapped: true },
  'resnet-9-statistics': { ...RESNET, statistics: true },
  'resnet-6-dropout': { ...RESNET, shape: { blocks: 6, width: 32, norm: 'instance', dropout: true }, is: /6 blocks, width 32/ }, // prettier-ignore
  'resnet-antialiased': { ...RESNET, shape: { blocks: 9, width: 32, norm: 'instance', antialiased: true }, is: /9 blocks/ }, // prettier-ignore
  'resnet-no-norms': { ...RESNET, shape: { blocks: 2, width: 16, norm: 'none' }, size: 64, is: /no norms/ },
  'unet-256': UNET,
  'unet-256-old-wrapped': { ...UNET, old: true, wrapped: true },
  'unet-128-instance': {
    ...UNET,
    shape: { depth: 7, width: 32, norm: 'instance' },
    size: 128,
    is: /depth 7.*instance/,
  },
  patchgan: PATCHGAN,
  'patchgan-old-wrapped': { ...PATCHGAN, old: true, wrapped: true },
  'patchgan-pix2pix': { ...PATCHGAN, shape: { layers: 3, width: 64, norm: 'batch', inputs: 6 }, inputs: 6, train: true, is: /batch norms/ }, // prettier-ignore
  'patchgan-antialiased': { ...PATCHGAN, shape: { layers: 3, width: 32, norm: 'instance', antialiased: true }, is: /width 32/ }, // prettier-ignore
  'patchgan-no-norms': {
    ...PATCHGAN,
    shape: { layers: 2, width: 16, norm: 'none' },
    size: 64,
    is: /2 layers.*no norms/,
  },
  pixelgan: { network: 'pixelgan', shape: { width: 64, norm: 'instance' }, size: 64, is: /PixelGAN, width 64/ },
};

const dir = mkdtempSync(join(tmpdir(), 'import-'));

before(async () => {
  await loadTensorFlow();
  const cases = Object.entries(CASES).map(([name, each]) => ({ name, ...each }));
  writeFileSync(join(dir, 'cases.json'), JSON.stringify(cases));
  runPython('import_torch.py', join(dir, 'cases.json'), dir);
});
after(() => rmSync(dir, { recursive: true, force: true }));

describe('a network of PyTorch’s modules is imported with the output it has there:', () => {
  for (const [name, spec] of Object.entries(CASES)) {
    test(name, async (t) => {
      const { network, modules } = await readTorchCheckpoint(join(dir, `${name}.pth`));
      assert.match(network.title, spec.is);
      const own = build(network, spec);
      const fit = fitWeights(network, modules, own.weights);
      assert.ok(fit.ok, fit.ok ? '' : JSON.stringify(fit.misfits));
      const { size, inputs = 3 } = spec;
      const y = tf.tidy(() => {
        const weights = Object.fromEntries(
          Object.entries(fit.weights).map(([key, { values, shape }]) => [key, tf.tensor(values, [...shape])]),
        );
        const x = tf.tensor4d(floats(`${name}.x.bin`), [1, size, size, inputs]);
        return own.apply(weights, x).dataSync<'float32'>();
      });
      const expected = floats(`${name}.y.bin`);
      assert.equal(y.length, expected.length);
      const difference = y.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      t.diagnostic(`largest difference ${difference.toExponential(2)}, of outputs up to ${largest.toFixed(2)}`);
      assert.ok(largest > 0.02, 'the outputs are not next to nothing');
      assert.ok(difference < 1e-4 * largest, String(difference));
    });
  }
});

function build({ section, type, options }: TorchNetwork, { size, inputs = 3 }: Case) {
  const component = builtins()[section].get(type);
  const chosen = Object.fromEntries(Object.entries(options).map(([key, [first]]) => [key, first]));
  const whole = { ...defaults(component.schema), ...chosen };
  return component.create(whole as never, { imageSize: size, channels: inputs, beside: [inputs] });
}

function floats(name: string): Float32Array {
  const bytes = readFileSync(join(dir, name));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
}
