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
  await refused(/Which network a\.pth holds, its name does not say\.\n {4}Write G=a\.pth/, 'a.pth', 'b.pth');
  await refused(/two checkpoints of G/, 'G=a.pth', 'latest_net_G_A.pth');
  await refused(/--options and --config both/, '--options', 'o.txt', '--config', 'c.yaml');
  await refused(/empty\.txt has no options: expected lines such as "batch_size: 1"/, '--options', 'empty.txt');
  await refused(/no latest_net_\*\.pth in .*folder/, 'folder');
  await refused(/There is no file .*none\.pth/, 'none.pth');
  await writeFile(join(cwd, 'a.yaml'), 'mine: 1\n');
  await refused(/a\.yaml already exists\.\n {4}Choose another --name, or add --force/, 'a.pth');
});
