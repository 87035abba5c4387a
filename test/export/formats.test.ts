import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { nativeBackend } from '../../src/engine/backend.js';
import { loadTensorFlow, type TensorFlow } from '../../src/engine/native.js';
import { oneOf } from '../../src/export/probes.js';
import { testImage } from '../../src/export/same-image.js';
import { openTranslator } from '../../src/app/open-translator.js';
import { builtins } from '../../src/app/builtins.js';
import { filesBelow, whatIsFlushed } from '../flushed.js';
import { contrast, content, difference, generatorOf, GENERATORS, SIZES, temporary, translated, write } from './rig.js';

let tensorFlow: TensorFlow;
before(async () => {
  tensorFlow = await loadTensorFlow();
});

/** Loads each format that tfjs-node can with it, as its users do, and translates. */
const READERS: Readonly<
  Partial<Record<string, (dir: string, size: number, image: Tensor4D) => Promise<Float32Array>>>
> = {
  async 'saved-model'(dir, _, image) {
    const model = await tensorFlow.node.loadSavedModel(dir, ['serve'], 'serving_default');
    const { translation } = model.predict({ image }) as { translation: tf.Tensor };
    model.dispose();
    return takeValues(translation);
  },
  async tfjs(dir, _, image) {
    const model = await tensorFlow.loadGraphModel(`file://${join(dir, 'model.json')}`);
    const translation = model.predict(image) as tf.Tensor;
    model.dispose();
    return takeValues(translation);
  },
  async weights(dir, _, image) {
    const translator = await openTranslator(dir);
    const translation = translator.translateTensor(image);
    translator.dispose();
    return takeValues(translation);
  },
};

for (const [format] of builtins().export) {
  for (const [name, options] of Object.entries(GENERATORS)) {
    describe(`the export of a ${name} as ${format}`, () => {
      const read = READERS[format];
      const skip = read === undefined ? `read by test/services/${format}.test.ts` : false;
      test('translates as the network does after it is loaded again, at every size', { skip }, async (t) => {
        const [dir, generator] = [temporary(t), generatorOf(options)];
        await write(format, generator, dir);
        for (const size of SIZES) {
          const expected = translated(generator, oneOf(size));
          assert.ok(contrast(expected) > 1, `the image is not blank: ${contrast(expected)}`);
          const image = testImage(oneOf(size), 3);
          const largest = difference(await read!(dir, size, image), expected);
          image.dispose();
          t.diagnostic(`${size} pixels: largest difference ${largest}`);
          assert.ok(largest < 1e-4, `${size} pixels: they differ by ${largest}`);
        }
      });

      test('flushes every file that it writes', async (t) => {
        const dir = temporary(t);
        const flushed = await whatIsFlushed(() => write(format, generatorOf(options), dir));
        assert.ok(filesBelow(dir).length > 0);
        assert.deepEqual(flushed.missing(dir), []);
      });

      test('returns the names of all files that it writes, and writes equal ones each time', async (t) => {
        const dir = temporary(t);
        const files = await write(format, generatorOf(options), join(dir, 'first'));
        await write(format, generatorOf(options), join(dir, 'second'));
        const written = await content(join(dir, 'first'));
        assert.deepEqual([...files].sort(), Object.keys(written).sort());
        assert.deepEqual(written, await content(join(dir, 'second')));
      });

      test('leaves no tensors or sessions behind', async (t) => {
        const generator = generatorOf(options);
        const before = [tf.memory().numTensors, nativeBackend().getNumOfSavedModels()];
        await write(format, generator, temporary(t));
        assert.deepEqual([tf.memory().numTensors, nativeBackend().getNumOfSavedModels()], before);
      });
    });
  }

  test(`${format} records the run, direction and generator of its origin`, async (t) => {
    const [dir, options] = [temporary(t), GENERATORS['ResNet']!];
    await write(format, generatorOf(options, { direction: 'BtoA' }), dir);
    const file = format === 'web' ? 'BtoA/generator.json' : 'generator.json';
    const description = JSON.parse(await readFile(join(dir, file), 'utf8')) as Record<string, unknown>;
    const { run, direction, generator } = description;
    assert.deepEqual({ run, direction, generator }, { run: 'toy-12345678', direction: 'BtoA', generator: options });
  });
}

async function takeValues(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}
