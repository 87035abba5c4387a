import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { Network, Weights } from '../../src/registry/kinds/network.js';
import { ProblemError } from '../../src/support/problem.js';
import { generatorOf, GENERATORS, temporary, write } from './rig.js';

before(() => loadTensorFlow());

const ResNet = GENERATORS['ResNet']!;

for (const format of ['saved-model', 'tfjs', 'onnx']) {
  describe(`${format} is not exported`, () => {
    test('if its image would differ from the network’s', async (t) => {
      const real = generatorOf(ResNet);
      // Each further call, traced or eager, adds an error.
      let calls = 0;
      const apply = (weights: Weights, x: Tensor4D) => tf.add<Tensor4D>(real.network.apply(weights, x), 0.01 * calls++);
      const problem = await refusal(format, { ...real.network, apply }, t);
      assert.equal(problem.code, 'export-differs');
      assert.match(problem.message, /AtoB.*at 16x16 pixels: a pixel of \[-1, 1\] is off by 0.0\d+, more than 0.0039/);
      assert.match(problem.cure!, /Report it/);
    });

    test('at a size that the generator does not take and did not exclude', async (t) => {
      const { network } = generatorOf(GENERATORS['U-Net']!);
      const problem = await refusal(format, network, t, [16, 24]);
      assert.equal(problem.code, 'size-does-not-fit');
      assert.match(problem.message, /does not take images of 24x24 pixels \(export.image_sizes\)\. .*Concat/);
      assert.match(problem.cure!, /trained with 16 pixels/);
    });

    test('at a size at which the generator fails', async (t) => {
      const { network } = generatorOf(ResNet);
      const apply = (weights: Weights, x: Tensor4D) => {
        if (x.shape[1] !== 16) throw new Error('It has learned 16 pixels and no more.');
        return network.apply(weights, x);
      };
      const problem = await refusal(format, { ...network, apply }, t, [16, 32]);
      assert.equal(problem.code, 'size-does-not-fit');
      assert.match(problem.message, /does not take images of 32x32 pixels .*It has learned 16 pixels/);
    });

    test('after a diverged training', async (t) => {
      const real = generatorOf(ResNet);
      const weights = { ...real.weights, 'last/bias': tf.fill([3], NaN) };
      const problem = await refusal(format, { ...real.network, apply: (_, x) => real.network.apply(weights, x) }, t);
      assert.equal(problem.code, 'not-finite');
      assert.match(problem.message, /AtoB gives numbers that are not finite/);
    });
  });
}

async function refusal(format: string, network: Network, t: Parameters<typeof temporary>[0], imageSizes = [16]) {
  const options = network.weights.some(({ name }) => name.startsWith('residual')) ? ResNet : GENERATORS['U-Net']!;
  const generator = generatorOf(options, { network, imageSizes });
  const error = await write(format, generator, temporary(t)).then(
    () => assert.fail('it was written'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ProblemError, String(error));
  return error.problems[0]!;
}
