import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { builtins } from '../../../src/app/builtins.js';
import { loadTensorFlow } from '../../../src/engine/native.js';
import { writeRunReport } from '../../../src/pipeline/run-report/write-run-report.js';
import { content, generatorOf, GENERATORS, temporary, write } from '../../export/rig.js';
import { writeWholeRun } from '../../report/run/run-folder.js';

before(() => loadTensorFlow());

describe('with the report, a run’s exports get a model card', () => {
  test('beside the formats of each direction, with the metrics of the checkpoint that was exported', async (t) => {
    const dir = await exportedRun(t, 90);
    await writeRunReport({ runDir: dir, components: builtins() });
    const card = await readFile(join(dir, 'export/AtoB/README.md'), 'utf8');
    assert.match(card, /\| `tfjs\/` \| TensorFlow\.js GraphModel \| \d+ kB \| float16 \| 0\.\d+ on average/);
    assert.match(card, /\| `weights\/` \|/);
    assert.match(card, /\| kd-toy ↓ \| 0\.0210 \|/);
    assert.match(card, /multiples of 4, from 8 on/);
    assert.equal(existsSync(join(dir, 'export/BtoA')), false);
  });

  test('without the metrics of another checkpoint', async (t) => {
    const dir = await exportedRun(t, 45);
    await writeRunReport({ runDir: dir, components: builtins() });
    const card = await readFile(join(dir, 'export/AtoB/README.md'), 'utf8');
    assert.match(card, /the checkpoint of step 45/);
    assert.match(card, /Not measured/);
  });

  test('unless they are of an earlier version, were deleted, or did not finish', async (t) => {
    const old = await exportedRun(t, 90);
    for (const format of ['tfjs', 'weights']) {
      const file = join(old, 'export/AtoB', format, 'generator.json');
      const { image_size, ...before } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      assert.equal(image_size, 16);
      await writeFile(file, JSON.stringify(before));
    }
    const deleted = await exportedRun(t, 90);
    await rm(join(deleted, 'export/AtoB'), { recursive: true });
    const running = await exportedRun(t, 90, 'running');
    for (const dir of [old, deleted, running]) {
      await writeRunReport({ runDir: dir, components: builtins() });
      assert.equal(existsSync(join(dir, 'export/AtoB/README.md')), false);
    }
  });
});

/** A run with an evaluation of step 90 and an export of AtoB of another. */
async function exportedRun(t: TestContext, step: number, status = 'done'): Promise<string> {
  const dir = await writeWholeRun(temporary(t), 'toy-12345678');
  const generator = generatorOf(GENERATORS['ResNet']!);
  const folder = join(dir, 'export/AtoB');
  await write({ type: 'tfjs', precision: 'float16' }, generator, join(folder, 'tfjs'));
  await write('weights', generator, join(folder, 'weights'));
  const sizes = Object.entries(await content(folder)).map(([file, hex]) => [`AtoB/${file}`, hex.length / 2] as const);
  const train = JSON.parse(await readFile(join(dir, 'train/stage.json'), 'utf8')) as Record<string, object>;
  const record = {
    ...train,
    status,
    outputs: { step, files: ['AtoB/tfjs/model.json', 'AtoB/weights/generator.json', 'site/index.html'] },
    files: Object.fromEntries(sizes),
    parts: { ...train['parts'], stage: { type: 'export', version: 1 } },
  };
  await writeFile(join(dir, 'export/stage.json'), JSON.stringify(record));
  const config = parse(await readFile(join(dir, 'config.yaml'), 'utf8')) as { readonly stages: object };
  const stages = { ...config.stages, export: { type: 'export', needs: ['train'] } };
  await writeFile(join(dir, 'config.yaml'), stringify({ ...config, stages }));
  return dir;
}
