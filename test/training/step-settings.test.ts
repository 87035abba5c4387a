import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import type { ConfigView } from '../../src/registry/kinds/stage.js';
import { stepSettings } from '../../src/training/step-settings.js';
import { config } from '../rig.js';

/** The settings of a training of CycleGAN with such generators. */
function settings(generator: object, image_size: number, cores: number, engine: object = {}) {
  const base = config();
  const changed = {
    ...base,
    generator,
    engine: { ...base.engine, ...engine },
    dataset: { ...base.dataset, image_size },
  };
  return stepSettings({ config: changed, components: builtins(), required: {} } as unknown as ConfigView, cores);
}

const small = { type: 'unet', norm: 'instance', width: 16, depth: 3, dropout: 0, slope: 0.3 };
const large = { type: 'resnet', norm: 'instance', width: 64, blocks: 6 };

test('short operations run side by side on two cores, each on one', () => {
  assert.deepEqual(settings(small, 64, 2), { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '2' });
});

test('long operations are shared by all cores, and so is everything on more than two, as TensorFlow does it', () => {
  assert.deepEqual(settings(large, 64, 2), {});
  assert.deepEqual(settings(small, 64, 8), {});
});

test('replicas are told to the engine’s process, which must see as many cards', () => {
  assert.deepEqual(settings(small, 64, 2, { replicas: 4 }), { RUNNER_REPLICAS: '4' });
});
