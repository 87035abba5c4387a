import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { resize } from '../../src/data/images/resize.js';
import { openSavedModel } from '../../src/engine/graph/open-saved-model.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import { generatorWith } from './onnx-networks.js';
import { generatorOf, GENERATORS, temporary, write } from './rig.js';

before(() => loadTensorFlow());

const SIDE = 16;
/** Larger, smaller, of the same size, and lower by far more than narrower, which is resized in the other order. */
const SIZES: readonly (readonly [width: number, height: number])[] = [
  [61, 40],
  [9, 7],
  [16, 16],
  [20, 90],
  [16, 33],
];

describe('the signature image_bytes of a SavedModel', () => {
  for (const interpolation of ['nearest', 'bilinear', 'bicubic'] as const) {
    test(`resizes images with ${interpolation} as those of the training are`, async (t) => {
      const translate = await exported(t, { ...nothing(), interpolation });
      const images = SIZES.map(([width, height]) => ({ width, height, data: pixels(width, height) }));
      const found = await translate(await Promise.all(images.map((image) => png(image).toBuffer())));
      for (const [i, { width, height, data }] of images.entries()) {
        const expected = resize(data, width, height, SIDE, interpolation);
        const apart = expected.map((level, k) => Math.abs(level - found[i]!.data[k]!));
        const different = apart.filter((levels) => levels > 0).length / apart.length;
        t.diagnostic(`${width}x${height}: ${(100 * different).toFixed(2)} % differ, by at most ${Math.max(...apart)}`);
        assert.ok(interpolation === 'nearest' ? different === 0 : Math.max(...apart) <= 1 && different < 0.06);
      }
    });
  }

  test('takes the same files as the training, whatever their kind, and gives PNG', async (t) => {
    const translate = await exported(t, nothing());
    const image = png({ width: SIDE, height: SIDE, data: pixels(SIDE, SIDE) });
    const kinds = [
      image.clone().png({ palette: false }),
      image.clone().jpeg({ quality: 95 }),
      image.clone().gif(),
      image.clone().grayscale().png(),
    ];
    const files = await Promise.all(kinds.map((kind) => kind.toBuffer()));
    const found = await translate(files);
    for (const [i, file] of files.entries()) {
      assert.equal(found[i]!.format, 'png');
      const expected = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer();
      const apart = expected.map((level, k) => Math.abs(level - found[i]!.data[k]!));
      assert.equal(Math.max(...apart), 0, `file ${i}`);
    }
  });

  test('translates each image of a batch as the generator does', async (t) => {
    const generator = generatorOf(GENERATORS['ResNet']!);
    const translate = await exported(t, generator);
    const images = [1, 2, 3].map((seed) => pixels(SIDE, SIDE, seed));
    const files = await Promise.all(images.map((data) => png({ width: SIDE, height: SIDE, data }).toBuffer()));
    const found = await translate(files);
    for (const [i, data] of images.entries()) {
      const expected = tf.tidy(() => {
        const x = tf.sub<tf.Tensor4D>(tf.div(tf.tensor4d(Float32Array.from(data), [1, SIDE, SIDE, 3]), 127.5), 1);
        return tf.mul(tf.add(generator.network.apply(generator.weights, x), 1), 127.5).dataSync();
      });
      const largest = Math.max(...expected.map((level, k) => Math.abs(level - found[i]!.data[k]!)));
      assert.ok(largest < 0.51, `image ${i} is off by ${largest}`);
    }
  });

  test('takes one image where sides are fixed, of the first of export.image_sizes', async (t) => {
    const generator = nothing();
    const { sizes, ...network } = generator.network;
    assert.ok(sizes !== undefined);
    const translate = await exported(t, { ...generator, network, imageSizes: [32, 16] });
    const file = await png({ width: 40, height: 50, data: pixels(40, 50) }).toBuffer();
    const [one] = await translate([file]);
    assert.deepEqual([one!.width, one!.height], [32, 32]);
  });

  test('is also serving_default where that is to take files; numbers have the signature image then', async (t) => {
    const dir = temporary(t);
    await write({ type: 'saved-model', serving_default: 'files' }, nothing(), dir);
    const { node } = await loadTensorFlow();
    const [graph] = await node.getMetaGraphsFromSavedModel(dir);
    const inputs = Object.entries(graph!.signatureDefs).map(([name, { inputs }]) => [name, Object.keys(inputs)]);
    assert.deepEqual(Object.fromEntries(inputs), {
      image: ['image'],
      image_bytes: ['image_bytes'],
      serving_default: ['image_bytes'],
    });
    const { sizes } = JSON.parse(await readFile(join(dir, 'generator.json'), 'utf8')) as { readonly sizes: object };
    assert.deepEqual(sizes, { [SIDE]: 'image' });
  });

  test('refuses what is not an image', async (t) => {
    const translate = await exported(t, nothing());
    await assert.rejects(translate([Buffer.from('no image')]), /[Uu]nknown image file format/);
  });
});

/** A generator that gives its image. It has a weight, as variables are written to files. */
function nothing(): ExportedGenerator {
  const network = generatorWith({ apply: (x, weight) => tf.add(x, tf.mul(weight('a'), 0)), weights: { a: [3] } });
  return { ...network, imageSizes: [SIDE] };
}

/** Exports a generator, and translates files with the SavedModel. */
async function exported(t: TestContext, generator: ExportedGenerator) {
  const dir = temporary(t);
  await write('saved-model', generator, dir);
  const model = openSavedModel(dir);
  t.after(() => model.dispose());
  return async (files: readonly Uint8Array[]) => {
    const input = tf.tensor1d(
      files.map((file) => new Uint8Array(file)),
      'string',
    );
    const [output] = model.run({ 'image_bytes:0': input }, ['translation_image_bytes:0']);
    const translated = await output!.bytes();
    tf.dispose([input, output!]);
    return Promise.all((translated as Uint8Array[]).map(readPng));
  };
}

async function readPng(file: Uint8Array) {
  const { format } = await sharp(file).metadata();
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { ...info, format, data };
}

/** Waves with noise, with saturated parts. */
function pixels(width: number, height: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const noise = ((i * 7919 * seed) % 101) - 50;
    return Math.min(255, Math.max(0, 128 + 150 * Math.sin(x / 3 + seed) * Math.cos(y / 4) + noise));
  });
}

const png = ({ data, ...raw }: { readonly width: number; readonly height: number; readonly data: Uint8Array }) =>
  sharp(data, { raw: { ...raw, channels: 3 } }).png();
