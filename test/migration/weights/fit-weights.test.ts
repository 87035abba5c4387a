import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { fitWeights } from '../../../src/migration/weights/fit-weights.js';
import { resnetIn } from '../../../src/migration/weights/resnet-layout.js';
import { fromTorchKernel } from '../../../src/migration/weights/torch-kernel.js';
import { modulesOf } from '../../../src/migration/weights/torch-modules.js';
import type { StateDict } from '../../../src/torch/state-dict.js';
import { defaults } from '../../models/defaults.js';
import { resnetState, stateOf } from './states.js';

const SITE = { imageSize: 16, channels: 3 };

/** The specs of a ResNet of the config. */
function specs(options: object) {
  const component = builtins().generator.get('resnet');
  return component.create({ ...defaults(component.schema), blocks: 1, width: 2, ...options } as never, SITE).weights;
}

const fit = (state: StateDict, options: object = { affine: false }) =>
  fitWeights(resnetIn(modulesOf(resnetState(1, 2)))!, modulesOf(state), specs(options));

describe('weights are fitted', () => {
  test('with the axes of kernels in TensorFlow’s order', () => {
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    // [out 2, in 3, h 1, w 2] to [h, w, in, out]: number 6 o + 2 i + w is at 6 w + 2 i + o.
    const kernel = fromTorchKernel({ shape: [2, 3, 1, 2], values });
    assert.deepEqual([...kernel], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  });

  test('with the halves of a concatenated input in the other order', () => {
    const values = Float32Array.from({ length: 4 }, (_, i) => i);
    assert.deepEqual([...fromTorchKernel({ shape: [4, 1, 1, 1], values }, true)], [2, 3, 0, 1]);
  });

  test('without the biases and the old statistics of instance norms', () => {
    const state = resnetState(1, 2);
    const statistics = stateOf([
      ['model.2.running_mean', [2]],
      ['model.2.running_var', [2]],
      ['model.2.num_batches_tracked', []],
    ]);
    const fitted = fit(new Map([...state, ...statistics]));
    assert.ok(fitted.ok);
    assert.deepEqual(Object.keys(fitted.weights).sort(), specs({ affine: false }).map(({ name }) => name).sort()); // prettier-ignore
    assert.deepEqual(fitted.weights['last/bias']!.values, state.get('model.18.bias')!.values);
  });

  test('with scales of 1 and offsets of 0 where only the config’s norms have some', () => {
    const fitted = fit(resnetState(1, 2), { affine: true });
    assert.ok(fitted.ok);
    assert.deepEqual([...fitted.weights['down1/norm/scale']!.values], [1, 1, 1, 1]);
    assert.deepEqual([...fitted.weights['down1/norm/offset']!.values], [0, 0, 0, 0]);
  });
});

describe('what does not fit is named,', () => {
  test('with the shape expected and the shape found, as in the file', () => {
    assert.deepEqual(fit(resnetState(1, 2, { inputs: 1 })), {
      ok: false,
      misfits: [{ name: 'model.1.weight', expected: [2, 3, 7, 7], found: [2, 1, 7, 7] }],
    });
  });

  test('where the file lacks a tensor, or has one more', () => {
    const state = resnetState(1, 2);
    state.delete('model.4.weight');
    const extra = stateOf([['model.99.weight', [1, 2, 3, 3]]]);
    assert.deepEqual(fit(new Map([...state, ...extra])), {
      ok: false,
      misfits: [
        { name: 'model.4.weight', expected: [4, 2, 3, 3] },
        { name: 'model.99.weight', found: [1, 2, 3, 3] },
      ],
    });
  });
});
