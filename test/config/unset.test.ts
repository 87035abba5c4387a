import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { builtins } from '../../src/app/builtins.js';
import { withFiles } from './rig.js';

const SMALL = 'generator: {type: resnet}\nevaluate: {metrics: []}\n';

const cases = [
  {
    what: 'the depth of a U-Net',
    unset: 'dataset: {type: synthetic, image_size: 63}',
    expected: [
      '1:40 dataset.image_size: A U-Net halves the image at least once, so it needs an image size that is even, which 63 is not. Use 64 pixels.',
    ],
    set: 'dataset: {type: synthetic, image_size: 36}\ngenerator: {type: unet, depth: 4}',
    expectedWhenSet: [
      '2:32 generator.depth: A U-Net of depth 4 needs an image size that is a multiple of 16, which 36 is not. Use 32 pixels, or depth: 2.',
    ],
  },
  {
    what: 'the layers of a PatchGAN',
    unset: `${SMALL}dataset: {type: synthetic, image_size: 16}`,
    expected: [
      '3:40 dataset.image_size: A PatchGAN of 3 layers needs an image size of at least 24, and dataset.image_size is 16. Use larger images, or discriminator.layers: 2.',
    ],
    set: `${SMALL}dataset: {type: synthetic, image_size: 16}\ndiscriminator: {layers: 4}`,
    expectedWhenSet: [
      '4:25 discriminator.layers: A PatchGAN of 4 layers needs an image size of at least 48, and dataset.image_size is 16. Use larger images, or discriminator.layers: 2.',
    ],
  },
  {
    what: 'the metrics',
    unset: 'generator: {type: resnet}\ndiscriminator: {layers: 1}\ndataset: {type: synthetic, image_size: 8}',
    expected: [
      '3:40 dataset.image_size: SSIM needs a window of 11x11 pixels, and dataset.image_size is 8. Use larger images or a smaller window, or leave ssim out of evaluate.metrics.',
    ],
    set: 'generator: {type: resnet}\ndiscriminator: {layers: 1}\ndataset: {type: synthetic, image_size: 8}\nevaluate: {metrics: [ssim]}',
    expectedWhenSet: [
      '4:22 evaluate.metrics.ssim: SSIM needs a window of 11x11 pixels, and dataset.image_size is 8. Use larger images or a smaller window, or leave ssim out of evaluate.metrics.',
    ],
  },
];

for (const { what, unset, expected, set, expectedWhenSet } of cases) {
  test(`a conflict with the image size is reported at ${what} if set, else at the image size`, async (t) => {
    assert.deepEqual(await problemsOf(t, unset), expected);
    assert.deepEqual(await problemsOf(t, set), expectedWhenSet);
  });
}

test('the problem of an export size that does not fit a derived depth explains the depth', async (t) => {
  const [problem] = await problemsOf(t, 'dataset: {type: synthetic, image_size: 64}\nexport: {image_sizes: [100]}');
  assert.match(problem!, /A U-Net of depth 6 .* \(generator\.depth is 6 because dataset\.image_size is 64\.\)/);
  const set = 'dataset: {type: synthetic, image_size: 64}\ngenerator: {depth: 6}\nexport: {image_sizes: [100]}';
  assert.doesNotMatch((await problemsOf(t, set))[0]!, /because/);
});

test('a cure suggests no name that the config already has', async (t) => {
  const cures = async (yaml: string) => (await problemsOf(t, `dataset: {type: synthetic}\n${yaml}`)).join('\n');
  assert.doesNotMatch(await cures('evaluate: {metrics: [psnr, psrn]}'), /Did you mean/);
  assert.match(await cures('evaluate: {metrics: [psrn]}'), /Did you mean "psnr"/);
  assert.doesNotMatch(await cures('tracking: {tensorboard: {}, tensorbord: {}}'), /Did you mean/);
  assert.match(await cures('train: {epochs: 3, epoch: 4}'), /Remove it: "epochs" is there already\./);
  assert.match(await cures('train: {keep: 3, epoch: 4}'), /Did you mean "epochs"/);
  assert.doesNotMatch(await cures('export: {directions: [AtoB, AtoBB]}'), /Did you mean "AtoB"/);
  const needs = 'stages: {train: {needs: [preprocess, preproces]}}';
  assert.doesNotMatch(await cures(needs), /Did you mean/);
  assert.doesNotMatch(await cures('stages: {train: {needs: [trian]}}'), /Did you mean/);
});

/** `line:column message cure` of each problem. */
async function problemsOf(t: Parameters<typeof withFiles>[0], yaml: string): Promise<string[]> {
  const { dir } = await withFiles(t, { 'a.yaml': yaml });
  const result = await loadConfig({ file: `${dir}/a.yaml`, overrides: [], components: builtins() });
  const problems = result.ok ? [] : result.problems;
  return problems.map(
    ({ place, message, cure }) => `${place?.line}:${place?.column} ${message}${cure === undefined ? '' : ` ${cure}`}`,
  );
}
