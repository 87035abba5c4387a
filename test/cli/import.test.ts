import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CYCLEGAN_FILE, PIX2PIX_FILE } from '../migration/options/files.js';
import { commandLine } from './rig.js';

const FIXTURES = fileURLToPath(new URL('../../../test/migration/fixtures/', import.meta.url));

test('import --options writes a config, and says what became of each option', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'opt.txt'), CYCLEGAN_FILE.replace('resize_and_crop', 'scale_width    '));
  const { code, out } = await runner('import', '--options', 'opt.txt');
  assert.equal(code, 0);
  assert.match(out, /loss\.adversarial +gan_mode: lsgan/);
  assert.match(out, /No equal, so that a training differs:\n {2}preprocess: scale_width \(/);
  assert.match(out, /As it is here: .*input_nc: 3/);
  assert.match(out, /Not read by such a training: .*n_layers_D: 3/);
  assert.match(out, /Not needed:\n.* {2}epoch_count \(the count is in the checkpoint\)/s);
  assert.match(out, /Wrote maps_cyclegan\.yaml\.\nNext: runner run maps_cyclegan\.yaml --dry-run\n$/);
  const text = await readFile(join(cwd, 'maps_cyclegan.yaml'), 'utf8');
  assert.match(text, /^ {2}image_size: 256 # crop_size: 256$/m);
  assert.match(text, /^name: maps_cyclegan # name: maps_cyclegan$/m);
  assert.equal((await runner('import', '--options', 'opt.txt', '--name', 'mine')).code, 0);
  assert.match(await readFile(join(cwd, 'mine.yaml'), 'utf8'), /^name: mine$/m);
});

test('import writes a config into which its checkpoints fit, also with their options', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await mkdir(join(cwd, 'facades'));
  await copyFile(join(FIXTURES, 'unet.pth'), join(cwd, 'facades', 'latest_net_G.pth'));
  await writeFile(join(cwd, 'facades', 'train_opt.txt'), PIX2PIX_FILE.replace('maps_cyclegan', 'facades      '));
  // The images are not there, which planning the run reports; the config is written before.
  const { code, err } = await runner('import', 'facades', '--options', 'facades/train_opt.txt');
  assert.equal(code, 2);
  assert.match(err, /dataset\.path/);
  const config = parse(await readFile(join(cwd, 'facades.yaml'), 'utf8')) as Record<string, Record<string, unknown>>;
  assert.deepEqual(config['stages'], {
    import: { G: 'facades/latest_net_G.pth' },
    train: null,
    evaluate: { needs: ['preprocess', 'import'] },
    export: { needs: ['import'] },
  });
  const { type, depth, width, variant } = config['generator']!;
  assert.deepEqual([type, depth, width, variant], ['unet', 5, 1, 'pytorch'], 'as the weights say');
  assert.deepEqual(config['method'], { type: 'pix2pix', direction: 'BtoA' });
});

test('import refuses what it cannot know, with what to write', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await copyFile(join(FIXTURES, 'resnet.pth'), join(cwd, 'a.pth'));
  await writeFile(join(cwd, 'empty.txt'), 'nothing\n');
  await mkdir(join(cwd, 'folder'));
  const refused = async (expected: RegExp, ...args: string[]) => {
    const { code, err } = await runner('import', ...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, expected);
  };
  await refused(/Nothing to import is named/);
  await refused(/The name of a\.pth does not say which network it holds\.\n {4}Write G=a\.pth/, 'a.pth', 'b.pth');
  await refused(/two checkpoints of G/, 'G=a.pth', 'latest_net_G_A.pth');
  await refused(/--options and --config both/, '--options', 'o.txt', '--config', 'c.yaml');
  await refused(
    /empty\.txt is not their option file: expected lines such as "netG: resnet_9blocks"/,
    '--options',
    'empty.txt',
  );
  await refused(/no latest_net_\*\.pth in .*folder/, 'folder');
  await refused(/There is no file .*none\.pth/, 'none.pth');
  await writeFile(join(cwd, 'a.yaml'), 'mine: 1\n');
  await refused(/a\.yaml already exists\.\n {4}Choose another --name, or add --force/, 'a.pth');
});

/** A folder of checkpoints, as a training leaves it. */
async function trained(
  cwd: string,
  name: string,
  files: Readonly<Record<string, 'resnet.pth' | 'unet.pth' | undefined>>,
) {
  await mkdir(join(cwd, name));
  for (const [file, network] of Object.entries(files)) {
    if (network === undefined) await writeFile(join(cwd, name, file), 'not read');
    else await copyFile(join(FIXTURES, network), join(cwd, name, file));
  }
}

async function stagesOf(cwd: string, file: string): Promise<Record<string, unknown>> {
  const config = parse(await readFile(join(cwd, file), 'utf8')) as { stages: { import: Record<string, unknown> } };
  return config.stages.import;
}

test('import leaves out what a training of CUT saves of its projection, and says so', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await trained(cwd, 'my_cut', { 'latest_net_G.pth': 'resnet.pth', 'latest_net_F.pth': undefined });
  const { out } = await runner('import', 'my_cut');
  assert.match(out, /my_cut\/latest_net_F\.pth: CUT's projection of features.*drawn anew/);
  assert.match(out, /Wrote my_cut\.yaml/);
  assert.deepEqual(await stagesOf(cwd, 'my_cut.yaml'), { G: 'my_cut/latest_net_G.pth' });
  const { code, err } = await runner('import', 'my_cut/latest_net_F.pth');
  assert.equal(code, 2);
  assert.match(err, /Nothing to import is named/);
});

test('import takes networks that were trained from B to A as those of the other direction', async (t) => {
  const { cwd, runner } = await commandLine(t);
  const both = { 'latest_net_G_A.pth': 'resnet.pth', 'latest_net_G_B.pth': 'resnet.pth' } as const;
  await trained(cwd, 'maps_cyclegan', both);
  const text = CYCLEGAN_FILE.replace('direction: AtoB', 'direction: BtoA');
  await writeFile(join(cwd, 'maps_cyclegan', 'train_opt.txt'), text);
  await runner('import', 'maps_cyclegan', '--options', 'maps_cyclegan/train_opt.txt');
  const files = { G: 'maps_cyclegan/latest_net_G_B.pth', F: 'maps_cyclegan/latest_net_G_A.pth' };
  assert.deepEqual(await stagesOf(cwd, 'maps_cyclegan.yaml'), files);
  const alone = await runner('import', 'maps_cyclegan', '--name', 'alone');
  assert.match(alone.out, /Trained from B to A \(direction: BtoA\): net_G_A is F/);
  assert.deepEqual(await stagesOf(cwd, 'alone.yaml'), files, 'as the option file beside the checkpoints says');
  const named = ['G=maps_cyclegan/latest_net_G_A.pth', 'F=maps_cyclegan/latest_net_G_B.pth'];
  await runner('import', ...named, '--options', 'maps_cyclegan/train_opt.txt', '--name', 'named');
  assert.equal(
    (await stagesOf(cwd, 'named.yaml'))['G'],
    'maps_cyclegan/latest_net_G_A.pth',
    'where it is named, as it is',
  );
});

test('import keeps the paths of checkpoints as they were given, each', async (t) => {
  const { cwd, runner } = await commandLine(t);
  for (const name of ['a.pth', 'b.pth']) await copyFile(join(FIXTURES, 'resnet.pth'), join(cwd, name));
  await runner('import', `G=${join(cwd, 'a.pth')}`, 'F=b.pth', '--name', 'both');
  assert.deepEqual(await stagesOf(cwd, 'both.yaml'), { G: join(cwd, 'a.pth'), F: 'b.pth' });
});

test('import writes no config that does not load, so that a corrected file can be imported', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'opt.txt'), CYCLEGAN_FILE.replace('save_epoch_freq: 5', 'save_epoch_freq: 0'));
  const { code, err } = await runner('import', '--options', 'opt.txt');
  assert.equal(code, 2);
  assert.match(err, /train\.checkpoint_every/);
  assert.match(err, /So maps_cyclegan\.yaml was not written/);
  await writeFile(join(cwd, 'opt.txt'), CYCLEGAN_FILE);
  const again = await runner('import', '--options', 'opt.txt');
  assert.equal(again.code, 0, again.err);
});

test('import names an experiment without a name by the option file or its folder', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await mkdir(join(cwd, 'facades'));
  const nameless = CYCLEGAN_FILE.replace(/^ *name: .*$/m, '');
  await writeFile(join(cwd, 'facades', 'train_opt.txt'), nameless);
  await writeFile(join(cwd, 'mine.txt'), nameless.replace('batch_size:', 'name: ???\nbatch_size:'));
  assert.match((await runner('import', '--options', 'facades/train_opt.txt')).out, /Wrote facades\.yaml/);
  assert.match((await runner('import', '--options', 'mine.txt')).out, /Wrote mine\.yaml/);
  assert.match(await readFile(join(cwd, 'mine.yaml'), 'utf8'), /^name: mine$/m);
});

test('import says where the images of an option file are', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await writeFile(join(cwd, 'opt.txt'), CYCLEGAN_FILE);
  const first = await runner('import', '--options', 'opt.txt');
  assert.ok(first.out.includes(`The images: ${join(cwd, 'datasets', 'maps')}, which is not there`), first.out);
  await mkdir(join(cwd, 'datasets', 'maps'), { recursive: true });
  const { out } = await runner('import', '--options', 'opt.txt', '--name', 'there');
  assert.ok(out.includes(`The images: ${join(cwd, 'datasets', 'maps')}.\n`), out);
});

test('import refuses names that leave the folder, and one direction of two', async (t) => {
  const { cwd, runner } = await commandLine(t);
  await copyFile(join(FIXTURES, 'resnet.pth'), join(cwd, 'a.pth'));
  for (const name of ['no/such', '../x', '']) {
    const { code, err } = await runner('import', 'a.pth', '--name', name);
    assert.equal(code, 2);
    assert.match(err, /--name: expected a name of letters, digits/);
  }
  const { code, err } = await runner('import', 'G=a.pth', 'F=a.pth', '--direction', 'BtoA');
  assert.equal(code, 2);
  assert.match(err, /--direction is for a method with one generator, and cyclegan translates in both directions/);
});
