import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.js';
import { builtins } from '../../src/app/builtins.js';

test('a component in a list can check the rest of the config', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'config-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'a.yaml');
  await writeFile(
    file,
    'dataset: {image_size: 8}\ngenerator: {type: resnet}\ndiscriminator: {layers: 1}\nevaluate: {metrics: [psnr, ssim]}\n',
  );
  const loaded = await loadConfig({ file, overrides: [], components: builtins() });
  assert.ok(!loaded.ok);
  const found = loaded.problems.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);
  assert.deepEqual(found, [
    '4:28 evaluate.metrics.ssim: SSIM needs a window of 11x11 pixels, and dataset.image_size is 8.',
  ]);
});
