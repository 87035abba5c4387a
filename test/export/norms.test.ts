import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow, type TensorFlow } from '../../src/engine/native.js';
import { writeGraphModel } from '../../src/export/graph-model.js';
import type { ImageSides } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import type { NormNodes } from '../../src/export/trace.js';
import { measuringNorms, withNorms } from '../../src/models/norms.js';
import { generatorWith } from './onnx-networks.js';
import { difference, generatorOf, GENERATORS, temporary } from './rig.js';

let tensorFlow: TensorFlow;
before(async () => {
  tensorFlow = await loadTensorFlow();
});

const WHOLE: ImageSides = [1, 48, 64];

for (const [name, options] of Object.entries(GENERATORS)) {
  describe(`the norms of a ${name} in a GraphModel`, () => {
    const opened = async (t: Parameters<typeof temporary>[0]) => {
      const [dir, generator] = [temporary(t), generatorOf(options)];
      const written = await writeGraphModel(generator, dir, { precision: 'float32' });
      const model = await tensorFlow.loadGraphModel(`file://${join(dir, written.models[0]!)}`);
      t.after(() => model.dispose());
      const { norms } = (model as unknown as Loaded).artifacts.userDefinedMetadata;
      assert.deepEqual(norms, written.norms);
      const nodes = norms.flatMap(({ mean, variance }) => [mean, variance]);
      const measure = (image: Tensor): NamedTensorMap => {
        const values = model.execute({ image }, nodes) as Tensor[];
        return Object.fromEntries(nodes.map((node, i) => [node, values[i]!]));
      };
      const translate = (image: Tensor, given: NamedTensorMap) =>
        model.execute({ image, ...given }, 'translation') as Tensor;
      return { generator, model, norms, measure, translate };
    };

    test('are all measured, as the network measures them', async (t) => {
      const { generator, norms, measure } = await opened(t);
      tf.tidy(() => {
        const image = testImage(WHOLE, 3);
        const { statistics } = measuringNorms(() => generator.network.apply(generator.weights, image));
        assert.equal(norms.length, statistics.length);
        const measured = measure(image);
        for (const [i, { mean, variance }] of statistics.entries()) {
          assert.ok(apart(measured[norms[i]!.mean]!, mean) < 1e-4, `mean ${i}`);
          assert.ok(apart(measured[norms[i]!.variance]!, variance) < 1e-3, `variance ${i}`);
        }
      });
    });

    test('give the same image where its own statistics are fed', async (t) => {
      const { model, measure, translate } = await opened(t);
      tf.tidy(() => {
        const image = testImage(WHOLE, 3);
        assert.ok(apart(translate(image, measure(image)), model.predict(image) as Tensor) < 1e-6);
      });
    });

    test('give the network’s tile of an image where the whole image’s are fed, and not the tile’s own translation', async (t) => {
      const { generator, model, measure, translate } = await opened(t);
      tf.tidy(() => {
        const whole = testImage(WHOLE, 3);
        const tile = tf.slice<tf.Rank.R4, Tensor4D>(whole, [0, 16, 0, 0], [1, 32, 32, 3]);
        const { statistics } = measuringNorms(() => generator.network.apply(generator.weights, whole));
        const expected = withNorms(statistics, () => generator.network.apply(generator.weights, tile));
        const found = translate(tile, measure(whole));
        assert.ok(apart(found, expected) < 1e-4, `they differ by ${apart(found, expected)}`);
        assert.ok(apart(found, model.predict(tile) as Tensor) > 0.05, 'its own statistics are others');
      });
    });
  });
}

test('a network without norms has none in its GraphModel', async (t) => {
  const network = generatorWith({ apply: (x) => tf.tanh(x) });
  const { norms, free } = await writeGraphModel(network, temporary(t), { precision: 'float32' });
  assert.deepEqual([norms, free], [[], true]);
});

interface Loaded {
  readonly artifacts: { readonly userDefinedMetadata: { readonly norms: readonly NormNodes[] } };
}

const apart = (a: Tensor, b: Tensor): number => difference(a.dataSync<'float32'>(), b.dataSync<'float32'>());
