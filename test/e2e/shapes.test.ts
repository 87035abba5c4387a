import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { Experiment, type Finished } from './rig.js';

const CONFIG = `
name: wide
dataset: {type: folder, path: data, image_size: [256, 512], limit: 2}
generator: {type: unet, width: 4, depth: 3}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 1, samples: 1}
evaluate: {samples: 1, metrics: [cycle-error]}
export: {formats: [saved-model, tfjs, weights, onnx]}
`;

/** Photographs of another size: 640x360. */
async function photographs(dir: string): Promise<void> {
  for (const [split, colour] of Object.entries({ trainA: 'brown', trainB: 'white', testA: 'sienna', testB: 'ivory' })) {
    await mkdir(join(dir, 'data', split), { recursive: true });
    for (const i of [1, 2]) {
      const image = sharp({ create: { width: 640, height: 360, channels: 3, background: colour } });
      await writeFile(join(dir, 'data', split, `${i}.png`), await image.png().toBuffer());
    }
  }
}

describe('images of 512x256', () => {
  let experiment: Experiment;
  let finished: Finished;
  let run: string;
  before(async () => {
    experiment = await Experiment.create(CONFIG);
    await photographs(experiment.dir);
    finished = await experiment.run('run', 'tiny.yaml');
    const runs = join(experiment.dir, 'runs');
    run = join(runs, (await readdir(runs)).find((name) => name.startsWith('wide-')) ?? '');
  });
  after(() => experiment.remove());

  test('are trained on, evaluated and exported', async () => {
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    assert.match(finished.stdout, /training at 572x286, test at 512x256/);
    const description = await readFile(join(run, 'export', 'AtoB', 'saved-model', 'generator.json'), 'utf8');
    const { image_size, sizes } = JSON.parse(description) as { image_size: unknown; sizes: object };
    assert.deepEqual([image_size, Object.keys(sizes)], [[256, 512], ['512x256']]);
  });

  test('are translated in their own size', async () => {
    const out = join(experiment.dir, 'out');
    const bundle = join(run, 'export', 'AtoB', 'weights');
    for (const [place, size, width, height] of [
      [run, 'keep', 640, 360],
      [bundle, '512x256', 512, 256],
      [bundle, 'fit', 455, 256],
    ] as const) {
      const translated = await experiment.run('translate', place, 'data/testA/1.png', '--out', join(out, size), '--direction', 'AtoB', '--size', size); // prettier-ignore
      assert.equal(translated.code, 0, translated.stdout + translated.stderr);
      const [file] = (await readdir(join(out, size))).filter((name) => name.endsWith('.png'));
      const found = await sharp(join(out, size, file!)).metadata();
      assert.deepEqual([found.width, found.height], [width, height]);
    }
  });

  test('are refused where a generator cannot halve both sides so often', async () => {
    const refused = await experiment.run('run', 'tiny.yaml', '--dry-run', '--set', 'dataset.image_size=[252, 512]');
    assert.equal(refused.code, 2, refused.stdout);
    assert.match(refused.stderr, /multiple of 8, which \[252, 512\] is not[^]*Use \[256, 512\] pixels/);
  });
});
