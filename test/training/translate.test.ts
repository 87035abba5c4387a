import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { builtins } from '../../src/app/builtins.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { buildGenerators, buildMethod } from '../../src/methods/build.js';
import type { TranslationParts } from '../../src/methods/judged-translation.js';
import { createTrainer } from '../../src/training/trainer/create-trainer.js';
import { config } from '../rig.js';

before(() => loadTensorFlow());

const SIZE = 16;
const defaults = config();
const view = {
  config: {
    ...defaults,
    dataset: { ...defaults.dataset, image_size: SIZE },
    generator: { type: 'unet', norm: 'instance', width: 2, depth: 3, dropout: 0.5, slope: 0.3 },
    discriminator: { type: 'patchgan', norm: 'instance', width: 2, layers: 2, slope: 0.3, conditional: false },
  },
  components: builtins(),
};

function trainerOf(mode: 'graph' | 'eager', parts?: TranslationParts) {
  const { translate } = buildGenerators(view);
  return createTrainer(buildMethod(view), {
    mode,
    precision: 'float32',
    seed: 3,
    shape: [1, SIZE, SIZE, 3],
    directions: ['AtoB', 'BtoA'],
    translates: { batch: 4, translate, ...(parts && { parts }) },
  });
}

for (const mode of ['graph', 'eager'] as const) {
  describe(`batches of translations in ${mode} mode`, () => {
    for (const count of [1, 3, 4]) {
      test(`are those of ${count} single images, with what the discriminators say`, () => {
        const trainer = trainerOf(mode);
        trainer.initialize();
        const images = tf.randomUniform<tf.Rank.R4>([count, SIZE, SIZE, 3], -1, 1, 'float32', 5);
        for (const direction of ['AtoB', 'BtoA'] as const) {
          const { translated, reconstructed, identity, realness } = trainer.translate(direction, images);
          const found = { translated, reconstructed, identity, discReal: realness!.source, discFake: realness!.translated }; // prettier-ignore
          for (let index = 0; index < count; index++) {
            const own = trainer.sample(direction, tf.slice(images, index, 1));
            for (const [name, all] of Object.entries(found)) {
              assert.equal(all!.shape[0], count, name);
              const gap = tf.max(tf.abs(tf.sub(tf.slice(all!, index, 1), own[name]!))).dataSync()[0]!;
              assert.ok(gap < 1e-5, `${direction} ${name} ${index}: ${gap}`);
            }
          }
        }
        trainer.dispose();
      });
    }

    test('have only the parts that are asked for', () => {
      const trainer = trainerOf(mode, { reconstructed: true, identity: false, realness: false });
      trainer.initialize();
      const made = trainer.translate('AtoB', tf.zeros([4, SIZE, SIZE, 3]));
      assert.deepEqual(Object.keys(made), ['translated', 'reconstructed']);
      trainer.dispose();
    });
  });
}
