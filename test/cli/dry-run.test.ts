import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { config, Rig } from '../rig.js';
import { theSweep, toyRig } from '../sweep/toy.js';

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));

/** Runs a command whose home, cache and temporary folder are in the rig's folder, too. */
function runner(rig: Rig, ...args: readonly string[]) {
  const [home, tmp] = [join(rig.dir, 'home'), join(rig.dir, 'tmp')];
  for (const dir of [home, tmp]) mkdirSync(dir, { recursive: true });
  const env = { ...process.env, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), TMPDIR: tmp };
  return spawnSync(process.execPath, [bin, ...args], { cwd: rig.dir, env, encoding: 'utf8' });
}

/**
 * Every file and folder with its content and when it was changed; but for the hashes of the user's images, which are kept in the cache by whatever
 * reads these, since a large data set takes minutes.
 */
function everything(rig: Rig): Record<string, string> {
  const all = readdirSync(rig.dir, { recursive: true, encoding: 'utf8' }).sort();
  const paths = all.filter((path) => !path.startsWith(join('home', 'cache')) || !/hashes/.test(path));
  return Object.fromEntries(
    paths.map((path) => {
      const { mtimeMs, size } = statSync(join(rig.dir, path));
      const isFile = statSync(join(rig.dir, path)).isFile();
      return [path, `${mtimeMs} ${isFile ? `${size} ${readFileSync(join(rig.dir, path), 'base64')}` : 'folder'}`];
    }),
  );
}

function writesNothing(rig: Rig, said: RegExp, ...args: readonly string[]): void {
  // The first command makes the folders around it.
  runner(rig, '--version');
  mkdirSync(join(rig.dir, 'home', 'cache', 'cyclegan-runner', 'hashes'), { recursive: true });
  const before = everything(rig);
  const { status, stdout, stderr } = runner(rig, ...args);
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, said);
  assert.deepEqual(everything(rig), before);
}

/** Beside the toy, a config that reads images of a folder. */
async function imagesRig(t: TestContext): Promise<Rig> {
  const rig = await toyRig(t);
  for (const split of ['trainA', 'trainB', 'testA', 'testB']) {
    mkdirSync(join(rig.dir, 'images', split), { recursive: true });
    const image = sharp({
      create: { width: 20, height: 20, channels: 3, background: split.endsWith('A') ? 'red' : 'blue' },
    });
    await image.png().toFile(join(rig.dir, 'images', split, '1.png'));
  }
  rig.write('images.yaml', 'name: mine\ndataset: {type: folder, path: ./images, image_size: 32}\n');
  return rig;
}

describe('a dry run writes nothing', () => {
  test('of a run that has not begun, of its own images too', async (t) => {
    const rig = await imagesRig(t);
    writesNothing(rig, /preprocess/, 'run', 'images.yaml', '--dry-run');
    writesNothing(rig, /toy/, 'run', 'toy.yaml', '--dry-run', '--json');
  });

  test('of a run that is done', async (t) => {
    const rig = await toyRig(t);
    assert.equal(runner(rig, 'run', 'toy.yaml').status, 0);
    writesNothing(rig, /toy/, 'run', 'toy.yaml', '--dry-run');
  });

  test('of a run whose shared results are there: they are not marked as used', async (t) => {
    const rig = await Rig.create();
    t.after(() => rig.remove());
    await rig.run();
    const before = everything(rig);
    assert.equal((await rig.run(config(), { dryRun: true })).status, 'planned');
    assert.deepEqual(everything(rig), before);
  });

  test('of a sweep that has not begun, and of one of its trials; a matrix does not either', async (t) => {
    const rig = await imagesRig(t);
    const set = ['--set', 'loss.lambda=1,2'];
    writesNothing(
      rig,
      /1 {2}lambda=1 .* queued\n.*2 {2}lambda=2 .* queued\n/,
      'sweep',
      'toy.yaml',
      ...set,
      '--dry-run',
    );
    writesNothing(rig, /^toy\S+\n {2}2 {2}lambda=2 /, 'sweep', 'toy.yaml', ...set, '--dry-run', '--trial', '2');
    writesNothing(rig, /"trial":2/, 'sweep', 'toy.yaml', ...set, '--matrix', 'github');
    writesNothing(rig, /TRIAL/, 'sweep', 'toy.yaml', ...set, '--matrix', 'gitlab');
    writesNothing(rig, /lambda=2/, 'sweep', 'images.yaml', ...set, '--dry-run');
    assert.match(runner(rig, 'sweep', 'list').stdout, /There are no sweeps/);
  });

  test('of a sweep that is done, also ranked by another metric', async (t) => {
    const rig = await toyRig(t);
    const set = ['--set', 'loss.lambda=1,2'];
    assert.equal(runner(rig, 'sweep', 'toy.yaml', ...set).status, 0);
    writesNothing(rig, /lambda=1 .* done/, 'sweep', 'toy.yaml', ...set, '--metric', 'other', '--dry-run');
    writesNothing(rig, /lambda=1 .* done/, 'sweep', await theSweep(rig), '--dry-run');
  });
});
