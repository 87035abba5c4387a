import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { initialWeights } from '../../../src/engine/initialize.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { generatorProgram } from '../../../src/inference/generator-program.js';
import { ImageTranslator } from '../../../src/inference/image-translator.js';
import { resnet } from '../../../src/models/resnet.js';
import { unet } from '../../../src/models/unet.js';
import { shrinkImage as shrink } from '../../../src/translation/image-translator-of.js';
import { tilingFor } from '../../../src/web/client/tiling.js';

before(() => loadTensorFlow());

describe('a browser’s tiles', () => {
  const site = { imageSize: 256, channels: 3 };
  for (const [name, network] of [
    [
      'the deepest U-Net for 256 pixels',
      unet.create({ norm: 'instance', width: 1, depth: 8, dropout: 0, slope: 0.2 }, site),
    ],
    ['a ResNet', resnet.create({ norm: 'instance', width: 1, blocks: 9 }, site)],
  ] as const) {
    test(`have room for the margins of ${name}`, async () => {
      const program = generatorProgram(network, initialWeights(network, 0, 'G'));
      const sizes = network.sizes!;
      const translator = new ImageTranslator(program, { sizes, trainedSize: 256, ...tilingFor(sizes, 256), shrink });
      const [width, height] = [1400, 900];
      let tiles = 0;
      const image = { width, height, data: new Uint8Array(width * height * 3).map((_, i) => i % 251) };
      const translated = await translator.translate(image, (_, of) => void (tiles = of));
      assert.ok(tiles > 1, String(tiles));
      assert.deepEqual([translated.width, translated.height], [width, height]);
      program.dispose();
    });
  }

  test('are not smaller than the images of the training, which are translated whole', () => {
    const { wholePixels, tileSide } = tilingFor({ multiple: 4, least: 8 }, 1024);
    assert.ok(wholePixels >= 1024 * 1024 && tileSide >= 1024);
  });
});
