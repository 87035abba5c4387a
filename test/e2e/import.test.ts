import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { CYCLEGAN_FILE } from '../migration/options/files.js';
import { Experiment, type Finished } from './rig.js';

const FIXTURES = fileURLToPath(new URL('../../../test/migration/fixtures/', import.meta.url));

/** As in train_opt.txt of a training that takes seconds. */
const TINY_OPTIONS = CYCLEGAN_FILE.replace('./datasets/maps', './images      ')
  .replace('n_epochs: 100', 'n_epochs: 1  ')
  .replace('n_epochs_decay: 100', 'n_epochs_decay: 1  ')
  .replace('crop_size: 256', 'crop_size: 16 ')
  .replace('load_size: 286', 'load_size: 18 ')
  .replace('ngf: 64', 'ngf: 2 ')
  .replace('ndf: 64', 'ndf: 2 ')
  .replace('netD: basic   ', 'netD: n_layers')
  .replace('n_layers_D: 3', 'n_layers_D: 1')
  .replace('resnet_9blocks', 'resnet_6blocks');

describe('networks of PyTorch', () => {
  let experiment: Experiment;
  let imported: Finished;
  const runs = async () => (await readdir(join(experiment.dir, 'runs'))).filter((name) => !name.startsWith('.'));
  before(async () => {
    experiment = await Experiment.create();
    await copyFile(join(FIXTURES, 'resnet.pth'), join(experiment.dir, 'latest_net_G_A.pth'));
    await copyFile(join(FIXTURES, 'resnet.pth'), join(experiment.dir, 'latest_net_G_B.pth'));
    imported = await experiment.run('import', 'latest_net_G_A.pth', 'latest_net_G_B.pth', '--name', 'both', '--config', 'tiny.yaml'); // prettier-ignore
  });
  after(() => experiment.remove());

  test('become a run and a config, which says what they are', async () => {
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /G: latest_net_G_A\.pth \(ResNet, 1 blocks?, width 2, instance norms\)/);
    assert.match(imported.stdout, /D_X, D_Y: drawn from the seed/);
    assert.match(await readFile(join(experiment.dir, 'both.yaml'), 'utf8'), /^extends: tiny\.yaml$/m);
    assert.equal((await runs()).length, 1);
  });

  test('are imported once, wherever the files lie', async () => {
    const again = await experiment.run('run', 'both.yaml', '--until', 'import');
    assert.match(again.stdout, /up to date/);
    await rename(join(experiment.dir, 'latest_net_G_A.pth'), join(experiment.dir, 'renamed.pth'));
    const text = await readFile(join(experiment.dir, 'both.yaml'), 'utf8');
    await writeFile(join(experiment.dir, 'both.yaml'), text.replaceAll('latest_net_G_A.pth', 'renamed.pth'));
    const moved = await experiment.run('run', 'both.yaml', '--until', 'import');
    assert.match(moved.stdout, /up to date/);
    assert.equal((await runs()).length, 1);
  });

  test('translate as any others', async () => {
    const image = join(experiment.dir, 'photo.png');
    await sharp({ create: { width: 20, height: 16, channels: 3, background: '#4080c0' } }).toFile(image);
    const args = ['translate', 'both', 'photo.png', '--out', 'out', '--direction', 'BtoA'];
    const { code, stderr } = await experiment.run(...args);
    assert.equal(code, 0, stderr);
    assert.ok(existsSync(join(experiment.dir, 'out', 'photo.png')));
  });

  test('are evaluated and exported by `runner run`', async () => {
    const { code, stdout, stderr } = await experiment.run('run', 'both.yaml');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /psnr/);
    assert.match(stdout, /generator\.json/);
  });

  test('are not asked as discriminators where these were drawn', async () => {
    const metrics = 'evaluate.metrics=[psnr,discriminator-accuracy]';
    const { code, stdout, stderr } = await experiment.run('run', 'both.yaml', '--set', metrics);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /psnr/);
    assert.match(
      stdout,
      /not measured.*discriminator-accuracy \(asks the discriminators, and D_X, D_Y were not imported\)/,
    );
    const folder = join(experiment.dir, 'runs', (await runs())[0]!);
    const card = await readFile(join(folder, 'export', 'BtoA', 'README.md'), 'utf8');
    assert.match(card, /from `latest_net_G_B\.pth` \(ResNet, 1 block, width 2, instance norms\)/);
  });

  test('are what another training starts from', async () => {
    const config = 'extends: tiny.yaml\nname: further\ngenerator: {type: resnet, blocks: 1, width: 2, affine: false}\n';
    await writeFile(join(experiment.dir, 'further.yaml'), `${config}train: {epochs: 1}\n`);
    const { code, stdout, stderr } = await experiment.run('run', 'further.yaml', '--from', 'both', '--until', 'train');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /starts from step 0 of .*both/);
  });

  test('are refused, by name and shape, where the config describes others', async () => {
    const text = await readFile(join(experiment.dir, 'both.yaml'), 'utf8');
    await writeFile(join(experiment.dir, 'other.yaml'), `${text.replace('blocks: 1', 'blocks: 2')}`);
    const { code, stderr } = await experiment.run('run', 'other.yaml', '--until', 'import');
    assert.equal(code, 1);
    assert.match(stderr, /does not fit G: it holds a ResNet, 1 .*expected generator\.blocks: 1, found 2/);
  });

  test('need no config: one generator alone is one of CUT, without data', async () => {
    await copyFile(join(FIXTURES, 'resnet.pth'), join(experiment.dir, 'horse2zebra.pth'));
    const { code, stdout, stderr } = await experiment.run('import', 'horse2zebra.pth');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /runner translate horse2zebra/);
    const text = await readFile(join(experiment.dir, 'horse2zebra.yaml'), 'utf8');
    assert.match(text, /type: cut/);
    const all = await experiment.run('run', 'horse2zebra.yaml', '--set', 'export.formats=[weights]');
    assert.equal(all.code, 0, all.stderr);
    const projection = ['--set', 'stages.import.F=horse2zebra.pth', '--until', 'import'];
    const refused = await experiment.run('run', 'horse2zebra.yaml', ...projection);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /The method cut takes checkpoints of G, D, and one is given for F/);
  });

  test('are refused where a generator of the method is missing, with what else to do', async () => {
    const { code, stderr } = await experiment.run('import', 'G=latest_net_G_B.pth', '--config', 'tiny.yaml', '--name', 'half'); // prettier-ignore
    assert.equal(code, 1);
    assert.match(stderr, /no checkpoint is given for the generator F\.\n.*method: cut/);
  });

  test('need no config: one U-Net alone is one of Pix2Pix', async () => {
    await copyFile(join(FIXTURES, 'unet.pth'), join(experiment.dir, 'facades.pth'));
    const { code, stderr } = await experiment.run('import', 'facades.pth', '--direction', 'BtoA');
    assert.equal(code, 0, stderr);
    assert.match(await readFile(join(experiment.dir, 'facades.yaml'), 'utf8'), /type: pix2pix\n {2}direction: BtoA/);
  });
});

test('an option file becomes a config that passes --dry-run, and runs', async (t) => {
  const experiment = await Experiment.create();
  t.after(() => experiment.remove());
  await writeFile(join(experiment.dir, 'train_opt.txt'), TINY_OPTIONS);
  for (const [i, folder] of ['trainA', 'trainB', 'testA', 'testB'].entries()) {
    const path = join(experiment.dir, 'images', folder);
    await mkdir(path, { recursive: true });
    for (const j of [1, 2]) {
      const background = { r: 40 * i, g: 60 * j, b: 90 };
      await sharp({ create: { width: 24, height: 24, channels: 3, background } }).toFile(join(path, `${j}.png`));
    }
  }
  const { code, stdout, stderr } = await experiment.run('import', '--options', 'train_opt.txt', '--name', 'maps');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /dataset\.image_size +crop_size: 16/);
  assert.match(stdout, /Wrote maps\.yaml/);
  assert.equal((await experiment.run('run', 'maps.yaml', '--dry-run')).code, 0);
  const ran = await experiment.run('run', 'maps.yaml', '--set', 'export.formats=[weights]');
  assert.equal(ran.code, 0, ran.stderr);
});
