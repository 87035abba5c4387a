import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { loadConfig } from '../../../src/config/load.js';
import { configText } from '../../../src/migration/config-text.js';
import { convertOptions } from '../../../src/migration/options/convert-options.js';
import { parseOptionFile } from '../../../src/migration/options/option-file.js';
import { OPTION_TABLE } from '../../../src/migration/options/option-table.js';
import { CUT_FILE, CYCLEGAN_FILE, EARLIER_FILE, FLAGS, PIX2PIX_FILE } from './files.js';

const convert = (text: string) => convertOptions(parseOptionFile(text)!);
const values = (text: string) => Object.fromEntries(convert(text).settings.map(({ key, value }) => [key, value]));

async function loaded(t: TestContext, text: string) {
  const cwd = await mkdtemp(join(tmpdir(), 'options-'));
  t.after(() => rm(cwd, { recursive: true, force: true }));
  await writeFile(join(cwd, 'converted.yaml'), configText(['converted'], convert(text).settings));
  const result = await loadConfig({ file: 'converted.yaml', overrides: [], components: builtins(), cwd });
  assert.ok(result.ok, JSON.stringify(result));
  return result.value.config;
}

describe('an option file', () => {
  test('of CycleGAN becomes a config that loads, each value with the option that it was', async (t) => {
    const { settings, without, unknown } = convert(CYCLEGAN_FILE);
    assert.deepEqual([without, unknown], [[], []]);
    const from = Object.fromEntries(settings.map(({ key, from }) => [key, from]));
    assert.equal(from['dataset.image_size'], 'crop_size: 256');
    assert.equal(from['train.epochs'], 'n_epochs: 100, n_epochs_decay: 100');

    const config = await loaded(t, CYCLEGAN_FILE);
    assert.equal(config.name, 'maps_cyclegan');
    assert.deepEqual(config.method, { type: 'cyclegan', pool: 50 });
    assert.equal(config.train.epochs, 200);
    assert.deepEqual(config.schedule, { ...config.schedule, type: 'linear', decay_from: 100 });
    assert.deepEqual(config.loss['lambda'], { forward: 10, backward: 10 });
    assert.equal(config.optimizer['epsilon'], 1e-8);
    assert.equal(config.generator['affine'], false);
    assert.equal(config.discriminator['slope'], 0.2);
  });

  test('of Pix2Pix becomes a config that loads', async (t) => {
    const config = await loaded(t, PIX2PIX_FILE);
    assert.deepEqual(config.method, { type: 'pix2pix', direction: 'BtoA' });
    assert.equal(config.dataset.type, 'pairs');
    const { type, depth, variant, affine, dropout } = config.generator;
    assert.deepEqual([type, depth, variant, affine, dropout], ['unet', 8, 'pytorch', true, 0.5]);
    assert.equal(config.loss['lambda'], 100);
  });

  test('of CUT becomes a config that loads', async (t) => {
    const config = await loaded(t, CUT_FILE);
    assert.equal(config.method.type, 'fastcut');
    assert.equal(config.method['layers'], 'auto');
    assert.equal(config.loss['lambda'], 10);
    assert.equal(config.generator['downsampling'], 'antialiased');
    assert.equal(config.discriminator['downsampling'], 'antialiased');
    assert.equal(config.generator['upsampling'], 'antialiased');
  });

  test('of an earlier version has other names, and counts as well', () => {
    const found = values(EARLIER_FILE);
    const names = ['generator.type', 'generator.depth', 'dataset.image_size', 'dataset.batch_size', 'loss.adversarial'];
    assert.deepEqual(names.map((name) => found[name]), ['unet', 8, 256, 4, 'bce']); // prettier-ignore
  });

  test('that differs says what has no equal, and why', () => {
    const changed = CYCLEGAN_FILE.replace('resize_and_crop', 'scale_width    ').replace('input_nc: 3', 'input_nc: 1');
    const { without } = convert(changed);
    assert.deepEqual(without.map(({ option }) => option), ['input_nc: 1', 'preprocess: scale_width']); // prettier-ignore
    assert.ok(without.every(({ why }) => why.length > 10));
  });

  test('with names that are not known lists them', () => {
    assert.deepEqual(convert(`${CYCLEGAN_FILE}\n   my_own: 3\n`).unknown, ['my_own']);
  });

  test('is not any text', () => {
    assert.equal(parseOptionFile('epochs\n---\n'), undefined);
  });
});

test('the table has every flag of both repositories', () => {
  const known = new Set(Object.values(OPTION_TABLE).flatMap((rows) => rows.flatMap(({ keys }) => keys)));
  assert.deepEqual(FLAGS.filter((flag) => !known.has(flag)), []); // prettier-ignore
});
