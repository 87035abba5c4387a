import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import sharp from 'sharp';
import { allProcessesEnded, Experiment, journal } from './rig.js';
import { put } from '../data/files.js';

/** A metric that needs two images. */
const PLUGIN = `
const spread = {
  summary: 'How much translations differ.',
  schema: { properties: {} },
  create: () => ({
    better: 'higher',
    needs: { targets: true, images: 2 },
    start: () => ({ add() {}, result: () => ({ value: NaN, count: 1 }), dispose() {} }),
  }),
};
export default { metric: { spread } };
`;

const config = (dataset: string) => `
name: tiny
plugins: [plugin.mjs]
dataset: {type: folder, path: data, image_size: 16, ${dataset}}
generator: {type: unet, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 2, checkpoint_every: 1, samples: 2}
evaluate: {samples: 2, metrics: [cycle-error, identity-error, inversion, sliced-wasserstein, spread]}
export: {formats: [saved-model, tfjs, weights]}
tracking: {}
`;

/** A picture whose content depends on its number. */
async function picture(number: number, side: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * (number + 3) + (i >> 6)) % 256);
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}

async function experimentWith(dataset: string, counts: Readonly<Record<string, number>>, side: number) {
  const experiment = await Experiment.create(config(dataset));
  await writeFile(join(experiment.dir, 'plugin.mjs'), PLUGIN);
  const files: Record<string, Buffer> = {};
  for (const [folder, count] of Object.entries(counts)) {
    for (let i = 0; i < count; i++) files[`data/${folder}/${i}.png`] = await picture(folder.length + i, side);
  }
  await put(experiment.dir, files);
  return experiment;
}

type Metrics = Readonly<
  Record<'AtoB' | 'BtoA', Readonly<Record<string, { readonly value: number; readonly interval?: unknown }>>>
>;
const metricsOf = async (dir: string) =>
  JSON.parse(await readFile(join(dir, 'evaluate/metrics.json'), 'utf8')) as Metrics;

let experiment: Experiment;
afterEach(async () => {
  await allProcessesEnded(experiment.dir);
  await experiment.remove();
});

describe('one picture a domain', () => {
  test('is trained on by its crops, evaluated, exported and translated in its own size', async () => {
    experiment = await experimentWith('preprocess: crop, batch_size: 3, epoch: 5', { A: 1, B: 1 }, 48);
    const { code, stdout, stderr } = await experiment.run('run', 'tiny.yaml');
    assert.equal(code, 0, stdout + stderr);
    const dir = await experiment.runDir();
    const steps = (await journal(dir)).filter((record) => record.kind === 'metric').map((record) => record.step);
    assert.ok(steps.includes(10), 'two epochs of five steps');
    assert.match(stdout, /not measured\s+spread \(needs at least 2 test images of each domain\)/);
    const { AtoB } = await metricsOf(dir);
    assert.deepEqual(Object.keys(AtoB).sort(), ['cycle-error', 'identity-error', 'inversion', 'sliced-wasserstein']);
    for (const { value, interval } of Object.values(AtoB)) {
      assert.ok(Number.isFinite(value));
      assert.equal(interval, undefined, 'one image says nothing of others');
    }
    assert.ok(existsSync(join(dir, 'export/AtoB/saved-model/saved_model.pb')));
    const translated = await experiment.run('translate', dir, 'data/A/0.png', '--direction', 'AtoB', '--out', 'out');
    assert.equal(translated.code, 0, translated.stderr);
    const { width, height } = await sharp(join(experiment.dir, 'out/0.png')).metadata();
    assert.deepEqual([width, height], [48, 48]);
  });
});

describe('three images against thirty', () => {
  test('are all trained on in longest epochs, also in batches larger than the smaller domain', async () => {
    experiment = await experimentWith(
      'batch_size: 4, epoch: longest',
      { trainA: 3, trainB: 30, testA: 1, testB: 2 },
      16,
    );
    const { code, stdout, stderr } = await experiment.run('run', 'tiny.yaml');
    assert.equal(code, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /not shown|never shown|NaN/);
    const dir = await experiment.runDir();
    const steps = (await journal(dir)).filter((record) => record.kind === 'metric').map((record) => record.step);
    assert.ok(steps.includes(14), 'two epochs of seven steps');
  });

  test('are warned of where epochs are too short to show all', async () => {
    experiment = await experimentWith('epoch: shortest', { trainA: 3, trainB: 30, testA: 1, testB: 2 }, 16);
    const { code, stdout, stderr } = await experiment.run('run', 'tiny.yaml', '--until', 'train');
    assert.equal(code, 0, stdout + stderr);
    assert.match((stdout + stderr).replace(/\s+/g, ' '), /24 of the 30 images of trainB are not shown in 2 epochs/);
  });
});
