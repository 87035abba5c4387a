import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { patchganIn } from '../../../src/migration/weights/discriminator-layouts.js';
import { resnetIn } from '../../../src/migration/weights/resnet-layout.js';
import { modulesOf } from '../../../src/migration/weights/torch-modules.js';
import type { TorchNetwork } from '../../../src/migration/weights/torch-network.js';
import { unetIn } from '../../../src/migration/weights/unet-layout.js';
import type { StateDict } from '../../../src/torch/state-dict.js';
import { patchganState, renamed, resnetState, stateOf, unetState } from './states.js';

const first = ({ options }: TorchNetwork) => Object.fromEntries(Object.entries(options).map(([key, [value]]) => [key, value])); // prettier-ignore
const wrapped = (state: StateDict) => renamed(state, (name) => `module.${name}`);

describe('a network is recognised by the names and shapes of its tensors:', () => {
  for (const [how, change] of [
    ['as it is', (state: StateDict) => state],
    ['with DistributedDataParallel’s prefix', wrapped],
  ] as const) {
    test(`a ResNet ${how}`, () => {
      const network = resnetIn(modulesOf(change(resnetState(2, 4))))!;
      assert.equal(network.type, 'resnet');
      assert.deepEqual(first(network), {
        ...{ blocks: 2, width: 4, downsampling: 'strided', upsampling: 'transpose', attention: false },
        ...{ norm: 'instance', affine: false },
      });
      assert.deepEqual(network.training, {});
      assert.deepEqual(
        network.layers.find(({ ours }) => ours === 'residual1/conv2'),
        {
          ours: 'residual1/conv2',
          conv: 'model.10.conv_block.5',
          norm: 'model.10.conv_block.6',
        },
      );
      assert.deepEqual(network.layers.at(-1), { ours: 'last', conv: 'model.19' });
    });

    test(`a U-Net ${how}`, () => {
      const network = unetIn(modulesOf(change(unetState(2))))!;
      const { type, channels } = network;
      assert.deepEqual({ type, channels, ...first(network) }, {
        ...{ type: 'unet', channels: 3, depth: 5, width: 2, slope: 0.2, upsampling: 'transpose', variant: 'pytorch' },
        ...{ norm: 'batch', affine: true, bias: false },
      }); // prettier-ignore
      assert.equal(
        network.layers.find(({ ours }) => ours === 'up1')?.swapped,
        false,
        'nothing is concatenated before it',
      );
      assert.equal(network.layers.find(({ ours }) => ours === 'up2')?.swapped, true);
    });

    test(`a PatchGAN ${how}`, () => {
      const network = patchganIn(modulesOf(change(patchganState(4, 6))))!;
      const { type, channels } = network;
      assert.deepEqual(
        { type, channels, layers: first(network)['layers'] },
        { type: 'patchgan', channels: 6, layers: 2 },
      );
      assert.deepEqual(network.layers.map(({ ours }) => ours), ['down1', 'down2', 'wide', 'logits']); // prettier-ignore
    });
  }

  test('the dropout of a ResNet, which has no tensors, by the places of the others', () => {
    assert.deepEqual(resnetIn(modulesOf(resnetState(1, 4, { dropout: true })))!.training, { dropout: 0.5 });
  });

  test('CUT’s sampling by its blurs', () => {
    const plain = resnetState(1, 4);
    const places: Record<string, string> = { 7: '8', 10: '12', 11: '14', 14: '18', 18: '22' };
    const moved = renamed(plain, (name) =>
      name.replace(/^model\.(\d+)/, (_, at: string) => `model.${places[at] ?? at}`),
    );
    const blurs = stateOf([7, 11, 13, 17].map((at) => [`model.${at}.filt`, [1, 1, 3, 3]]));
    const both = resnetIn(modulesOf(new Map([...moved, ...blurs])))!;
    assert.deepEqual(both.options['downsampling'], ['antialiased']);
    assert.deepEqual(both.options['upsampling'], ['antialiased']);
    const onlyDown = resnetIn(modulesOf(new Map([...moved, ...[...blurs].slice(0, 2)])))!;
    assert.deepEqual(onlyDown.options['downsampling'], ['antialiased']);
    assert.deepEqual(onlyDown.options['upsampling'], ['transpose']);
  });

  test('none where layers are missing or others', () => {
    const lacking = resnetState(1, 4);
    lacking.delete('model.18.weight');
    for (const state of [lacking, stateOf([['features.0.weight', [64, 3, 3, 3]]]), new Map()]) {
      const modules = modulesOf(state);
      assert.deepEqual([resnetIn(modules), unetIn(modules), patchganIn(modules)], [undefined, undefined, undefined]);
    }
  });
});
