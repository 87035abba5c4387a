import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import { loadConfig } from '../../../src/config/load.js';
import { configText } from '../../../src/migration/config-text.js';
import { convertOptions, objectionTo } from '../../../src/migration/options/convert-options.js';
import { parseOptionFile } from '../../../src/migration/options/option-file.js';
import { OPTION_TABLE } from '../../../src/migration/options/option-table.js';
import { CUT_FILE, CYCLEGAN_FILE, EARLIER_FILE, FLAGS, PIX2PIX_FILE, SINCUT_FILE } from './files.js';

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
    const others = ['dataset.type', 'generator.dropout', 'loss.lambda', 'method.direction'];
    assert.deepEqual(others.map((name) => found[name]), ['pairs', 0.5, 100, 'BtoA']); // prettier-ignore
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

  test('is not any text, and no config of ours', () => {
    assert.equal(parseOptionFile('epochs\n---\n'), undefined);
    const config = 'name: mine\ndataset:\n  load_size: 286\n  batch_size: 1\nmethod: cyclegan\n';
    assert.equal(parseOptionFile(config), undefined);
  });

  test('has no name that is not known, whichever version wrote it', () => {
    for (const text of [CYCLEGAN_FILE, PIX2PIX_FILE, CUT_FILE, EARLIER_FILE])
      assert.deepEqual(convert(text).unknown, []);
    assert.deepEqual(convert(SINCUT_FILE).unknown, []);
  });

  test('of a model, of data or of a test that there is not here is refused', () => {
    const objection = (text: string) => objectionTo(parseOptionFile(text)!, 'opt.txt')?.message;
    assert.equal(objection(CUT_FILE), undefined);
    assert.equal(objection(EARLIER_FILE), undefined);
    assert.match(objection(SINCUT_FILE)!, /opt\.txt is of model sincut: expected cycle_gan, pix2pix or cut/);
    assert.match(objection(edited(CYCLEGAN_FILE, { model: 'test', isTrain: 'True' }))!, /of model test/);
    assert.match(objection(edited(CYCLEGAN_FILE, { isTrain: 'False' }))!, /of a test/);
    assert.match(objection(edited(CUT_FILE, { dataset_mode: 'singleimage' }))!, /dataset_mode singleimage/);
  });

  test('without some options has the defaults of its repository and its model', () => {
    const withoutModel = edited(CUT_FILE, { model: undefined });
    assert.equal(values(withoutModel)['method.type'], 'fastcut');
    const { settings } = convert(edited(PIX2PIX_FILE, { dataset_mode: undefined }));
    const type = settings.find(({ key }) => key === 'dataset.type');
    assert.deepEqual(type, { key: 'dataset.type', value: 'pairs' }, 'and no comment with an option that is not there');
  });
});

/** The file with other values, or without an option. */
function edited(text: string, options: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(options).reduce((before, [name, value]) => {
    const line = new RegExp(`^ *${name}: .*$`, 'm');
    assert.match(before, line);
    return before.replace(line, value === undefined ? '' : `${name}: ${value}`);
  }, text);
}

describe('values', () => {
  const without = (text: string) => convert(text).without.map(({ option }) => option);

  test('that say what is done anyway are told apart from those that such a training does not read', () => {
    const { same, unread } = convert(edited(CYCLEGAN_FILE, { pool_size: '50' }));
    assert.ok(same.includes('input_nc: 3') && same.includes('direction: AtoB'));
    assert.ok(unread.includes('n_layers_D: 3') && unread.includes('lr_decay_iters: 50'));
    const ofCut = convert(CUT_FILE.replace('model: cut', 'model: cycle_gan'));
    assert.ok(ofCut.unread.includes('nce_idt: False'), ofCut.unread.join());
    assert.ok(!ofCut.same.some((text) => text.includes('nce')));
  });

  test('of CUT’s layers count places with and without the blurs', async (t) => {
    const layers = (options: Readonly<Record<string, string>>) => values(edited(CUT_FILE, options))['method.layers'];
    assert.equal(layers({}), undefined);
    assert.deepEqual(layers({ nce_layers: '0,8,20' }), ['image', 'down2', 'residual9']);
    assert.deepEqual(without(edited(CUT_FILE, { no_antialias: 'True' })), ['nce_layers: 0,4,8,12,16'], '8 is a norm');
    const strided = { no_antialias: 'True', nce_layers: '0,4,7,10,14' };
    const usual = convert(edited(CUT_FILE, strided));
    assert.ok(usual.same.includes('nce_layers: 0,4,7,10,14'));
    assert.deepEqual(layers({ ...strided, nce_layers: '7,12' }), ['down2', 'residual3']);
    assert.deepEqual(without(edited(CUT_FILE, { netG: 'resnet_6blocks', nce_layers: '0,20' })), ['nce_layers: 0,20']);
    await loaded(t, edited(CUT_FILE, { ...strided, nce_layers: '7,12' }));
  });

  test('of a U-Net with instance norms give its layers without a norm their biases', async (t) => {
    const text = edited(PIX2PIX_FILE, { norm: 'instance' });
    assert.equal((await loaded(t, text)).generator['bias'], true);
    assert.equal((await loaded(t, PIX2PIX_FILE)).generator['bias'], false);
  });

  test('of discriminators without norms have no equal', () => {
    assert.deepEqual(without(edited(CYCLEGAN_FILE, { norm: 'none' })), ['norm: none']);
    assert.deepEqual(without(edited(CUT_FILE, { normD: 'none' })), ['normD: none']);
    assert.deepEqual(without(edited(CUT_FILE, { normG: 'none' })), []);
  });

  test('of sampling reach the discriminator whatever the generator is', () => {
    const found = values(edited(CUT_FILE, { netG: 'unet_256' }));
    assert.equal(found['discriminator.downsampling'], 'antialiased');
    assert.equal(found['generator.downsampling'], undefined);
  });

  test('of the cosine have no equal where the rate rises again', () => {
    const cosine = { lr_policy: 'cosine' };
    assert.deepEqual(without(edited(CYCLEGAN_FILE, cosine)), ['lr_policy: cosine']);
    assert.deepEqual(without(edited(CYCLEGAN_FILE, { ...cosine, n_epochs_decay: '0' })), []);
  });

  test('of the first versions, which had no lr_policy, decay linearly', () => {
    const found = values(EARLIER_FILE);
    assert.deepEqual([found['schedule.type'], found['schedule.decay_from']], ['linear', 100]);
  });

  test('of wgangp leave the penalty out, as theirs do', async (t) => {
    const { loss } = await loaded(t, edited(CYCLEGAN_FILE, { gan_mode: 'wgangp' }));
    assert.deepEqual([loss['adversarial'], loss['penalty']], ['wasserstein', null]);
  });

  test('of CUT’s small ResNet have an equal; of an unknown generator not even the width is taken', () => {
    assert.equal(values(edited(CUT_FILE, { netG: 'resnet_4blocks' }))['generator.blocks'], 4);
    const keys = Object.keys(values(edited(CUT_FILE, { netG: 'stylegan2' })));
    assert.deepEqual(keys.filter((key) => key.startsWith('generator.')), []); // prettier-ignore
    assert.ok(keys.includes('discriminator.width'));
  });

  test('of CycleGAN from B to A are those of the other direction here', () => {
    const text = edited(CYCLEGAN_FILE, { direction: 'BtoA', lambda_A: '10.0', lambda_B: '5.0' });
    assert.deepEqual(values(text)['loss.lambda'], { forward: 5, backward: 10 });
    assert.deepEqual(without(text), []);
  });
});

test('the table has every flag of both repositories', () => {
  const known = new Set(Object.values(OPTION_TABLE).flatMap((rows) => rows.flatMap(({ keys }) => keys)));
  assert.deepEqual(FLAGS.filter((flag) => !known.has(flag)), []); // prettier-ignore
});
