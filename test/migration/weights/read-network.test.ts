import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { builtins } from '../../../src/app/builtins.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { weightsOf } from '../../../src/migration/weights/check-network.js';
import { readTorchCheckpoint, type TorchCheckpoint } from '../../../src/migration/weights/read-network.js';
import type { Typed } from '../../../src/registry/config.js';
import { ProblemError } from '../../../src/support/problem.js';
import { defaults } from '../../models/defaults.js';

/** Written by PyTorch: `python ../../services/python/import_torch.py cases.json .` in this folder. */
const FIXTURES = fileURLToPath(new URL('../../../../test/migration/fixtures/', import.meta.url));
const TORCH = fileURLToPath(new URL('../../../../test/torch/fixtures/', import.meta.url));

before(() => loadTensorFlow());

const floats = async (name: string) => {
  const bytes = await readFile(join(FIXTURES, name));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};

/** The section of a config into which a checkpoint fits. */
function sectionOf({ network }: TorchCheckpoint, changes: object = {}): Typed {
  const { schema } = builtins()[network.section].get(network.type);
  const fitting = Object.entries(network.options).map(([key, [first]]) => [key, first]);
  return { ...defaults(schema), type: network.type, ...Object.fromEntries(fitting), ...changes } as Typed;
}

function fitted(checkpoint: TorchCheckpoint, section = sectionOf(checkpoint), imageSize = 32) {
  const own = builtins()
    .generator.get(section.type)
    .create(section as never, { imageSize, channels: 3 });
  const config = { generator: section, discriminator: section };
  return { own, found: weightsOf({ name: 'G', section: 'generator' }, checkpoint, config, own.weights) };
}

describe('a checkpoint that PyTorch wrote', () => {
  for (const [name, imageSize] of [
    ['resnet', 16],
    ['unet', 32],
  ] as const) {
    test(`has the output that it has there: ${name}`, async () => {
      const checkpoint = await readTorchCheckpoint(join(FIXTURES, `${name}.pth`));
      const { own, found } = fitted(checkpoint, sectionOf(checkpoint), imageSize);
      assert.ok('weights' in found);
      const [x, expected] = [await floats(`${name}.x.bin`), await floats(`${name}.y.bin`)];
      const y = tf.tidy(() => {
        const weights = Object.fromEntries(
          Object.entries(found.weights).map(([key, { values, shape }]) => [key, tf.tensor(values, [...shape])]),
        );
        return own.apply(weights, tf.tensor4d(x, [1, imageSize, imageSize, 3])).dataSync<'float32'>();
      });
      const difference = y.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
      assert.ok(difference < 1e-4, String(difference));
    });
  }

  test('does not fit a section that says otherwise, which is told by its options', async () => {
    const checkpoint = await readTorchCheckpoint(join(FIXTURES, 'unet.pth'));
    const { found } = fitted(checkpoint, sectionOf(checkpoint, { slope: 0.3, variant: 'tutorial' }));
    assert.ok('problem' in found);
    assert.match(found.problem.message, /unet\.pth does not fit G: it holds a U-Net, depth 5, width 1, batch norms; /);
    assert.match(found.problem.message, /expected generator\.slope: 0\.2, found 0\.3; generator\.variant: pytorch, found tutorial\./); // prettier-ignore
  });

  test('is not taken for a discriminator', async () => {
    const checkpoint = await readTorchCheckpoint(join(FIXTURES, 'unet.pth'));
    const config = { generator: sectionOf(checkpoint), discriminator: sectionOf(checkpoint) };
    const found = weightsOf({ name: 'D', section: 'discriminator' }, checkpoint, config, []);
    assert.ok('problem' in found);
    assert.match(found.problem.message, /holds a U-Net, .*and D is a discriminator/);
  });
});

describe('a file is refused', () => {
  const refused = (path: string, code: string, message: RegExp) =>
    assert.rejects(readTorchCheckpoint(path), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problems[0]!.code, code);
      assert.match(error.problems[0]!.message, message);
      return true;
    });

  test('where its network is not known, with some of its tensors', () =>
    refused(join(TORCH, 'zip.pth'), 'unknown-network', /zip\.pth: its 5 tensors \(contiguous, /));
  test('where it is no file of PyTorch, by its name', () =>
    refused(join(FIXTURES, 'cases.json'), 'unreadable-weights', /cases\.json: .*cannot be read/));
  test('where it is not there', () => refused(join(FIXTURES, 'none.pth'), 'missing-file', /no file .*none\.pth/));
  test('where it is a folder', () => refused(FIXTURES, 'unreadable-file', /EISDIR/));
});
