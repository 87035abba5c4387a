import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withFiles } from './rig.js';

const sizesOf = (value: Awaited<ReturnType<Awaited<ReturnType<typeof withFiles>>['load']>>['value']) => {
  const { image_size, load_size } = value!.config.dataset;
  return [image_size, load_size];
};

describe('sizes in a config', () => {
  for (const [yaml, image, load] of [
    ['dataset: {image_size: 256}', 256, 286],
    ['dataset: {image_size: [256, 256]}', 256, 286],
    ['dataset: {image_size: [256, 512]}', [256, 512], [286, 572]],
    ['dataset: {image_size: [256, 512], load_size: 512}', [256, 512], 512],
    ['dataset: {image_size: [256, 512], preprocess: scale_width_and_crop, load_size: 600}', [256, 512], 600],
    ['dataset: {image_size: [256, 512], preprocess: crop}', [256, 512], [256, 512]],
    ['dataset: {image_size: 64, preprocess: none}', 64, 64],
  ] as const) {
    test(`${yaml} is ${JSON.stringify(image)}, from ${JSON.stringify(load)}`, async (t) => {
      const { load: loadFile } = await withFiles(t, { 'a.yaml': yaml });
      assert.deepEqual(sizesOf((await loadFile('a.yaml')).value), [image, load]);
    });
  }

  for (const [yaml, text] of [
    [
      'dataset: {image_size: [256, 512], load_size: 300}',
      'a.yaml:1:46 out-of-range: dataset.load_size: expected at least image_size ([256, 512]), which is cropped from it, found 300. -> Leave it out to get [286, 572], or write [256, 512] for no jitter.',
    ],
    [
      'dataset: {image_size: [256, 512], preprocess: scale_width_and_crop, load_size: 500}',
      'a.yaml:1:80 out-of-range: dataset.load_size: expected at least the width of image_size (512), which is cropped from it, found 500. -> Leave it out to get [286, 572], or write 512 for no jitter.',
    ],
    [
      'dataset: {image_size: 64, preprocess: crop, load_size: 72}',
      'a.yaml:1:56 out-of-range: dataset.load_size: dataset.preprocess: crop resizes images to no load_size, found 72. -> Leave it out.',
    ],
  ] as const) {
    test(`${yaml} is refused at its place`, async (t) => {
      const { load } = await withFiles(t, { 'a.yaml': yaml });
      assert.deepEqual((await load('a.yaml')).texts, [text]);
    });
  }

  test('are one number or two', async (t) => {
    const { load } = await withFiles(t, { 'a.yaml': 'dataset: {image_size: [256]}' });
    const [text] = (await load('a.yaml')).texts;
    assert.match(text!, /a\.yaml:1:23 .*dataset\.image_size.*a side of 8 to 4096 pixels, or \[height, width\]/);
  });
});
