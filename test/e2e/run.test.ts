import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { Experiment, finalWeights, journal, type Finished } from './rig.js';

describe('a run from start to end', () => {
  let experiment: Experiment;
  let first: Finished;
  let runDir: string;
  before(async () => {
    experiment = await Experiment.create();
    first = await experiment.run('run', 'tiny.yaml');
    runDir = await experiment.runDir();
  });
  after(() => experiment.remove());

  test('exits 0 and prints paths and metrics', () => {
    assert.equal(first.code, 0, first.stderr);
    for (const word of ['samples', 'AtoB.png', 'generator.json', 'runner ui', 'psnr', 'ssim', 'cycle-error']) {
      assert.ok(first.stdout.includes(word), `"${word}" in\n${first.stdout}`);
    }
  });

  test('keeps TensorFlow’s log messages off the terminal', () => {
    assert.doesNotMatch(first.stdout + first.stderr, /oneDNN|absl|cpu_feature_guard|node-pre-gyp/);
  });

  test('saves samples of every epoch, starting with the untrained networks', async () => {
    const samples = await readdir(join(runDir, 'train', 'samples'));
    assert.deepEqual(
      samples.filter((name) => name.endsWith('AtoB.png')),
      [0, 1, 2, 3].map((epoch) => `epoch-000${epoch}-AtoB.png`),
    );
  });

  test('reports every loss once per step, and leaks no tensors between steps', async () => {
    const entries = (await journal(runDir)).filter(({ kind }) => kind === 'metric');
    const steps = (name: string) => entries.filter((entry) => entry.name === name).map(({ step }) => step);
    const all = Array.from({ length: 24 }, (_, i) => i + 1);
    for (const loss of ['G/total', 'F/total', 'D_X/total', 'D_Y/total', 'cycle/forward', 'identity/F']) {
      assert.deepEqual(steps(`loss/${loss}`), all, loss);
    }
    const tensors = entries.filter(({ name }) => name === 'memory/tensors').map(({ value }) => value);
    assert.equal(new Set(tensors).size, 1, tensors.join());
  });

  test('is up to date the second time, and writes nothing', async () => {
    const before = await readFile(join(runDir, 'journal.jsonl'), 'utf8');
    const again = await experiment.run('run', 'tiny.yaml');
    assert.equal(again.code, 0);
    assert.match(again.stdout, /up to date/);
    assert.equal(await readFile(join(runDir, 'journal.jsonl'), 'utf8'), before);
  });

  test('reuses preprocess with another lambda, trains, and says why', async () => {
    const dry = await experiment.run('run', 'tiny.yaml', '--set', 'loss.lambda=5', '--dry-run');
    assert.equal(dry.code, 0);
    assert.match(dry.stdout, /preprocess .*up to date/);
    assert.match(dry.stdout, /train .*loss\.lambda.* 10 .*5/);
    assert.equal((await experiment.runDirs()).length, 1, 'a dry run makes no run');
  });

  test('the run and its exported generator translate an image alike by the example of the documentation', async () => {
    const photo = join(experiment.dir, 'photo.jpg');
    const [first, second] = [join(experiment.dir, 'one.png'), join(experiment.dir, 'two.png')];
    await sharp({ create: { width: 40, height: 30, channels: 3, background: 'green' } })
      .jpeg()
      .toFile(photo);
    const example = fileURLToPath(new URL('../../../examples/translate.mjs', import.meta.url));
    const places = { [first]: runDir, [second]: join(runDir, 'export', 'AtoB', 'weights') };
    for (const [out, place] of Object.entries(places)) {
      execFileSync(process.execPath, [example, place, 'AtoB', photo, out], { stdio: 'pipe' });
      const { width, height, channels } = await sharp(out).metadata();
      assert.deepEqual([width, height, channels], [40, 30, 3]);
    }
    assert.deepEqual(await readFile(first), await readFile(second));
  });

  test('continues training from another run', async () => {
    const longer = await experiment.run('run', 'tiny.yaml', '--set', 'train.epochs=4', '--from', runDir);
    assert.equal(longer.code, 0, longer.stderr);
    const other = (await experiment.runDirs()).find((dir) => dir !== runDir)!;
    const steps = (await journal(other)).filter(({ name }) => name === 'loss/G/total').map(({ step }) => step);
    assert.deepEqual(steps, [25, 26, 27, 28, 29, 30, 31, 32]);
  });

  test('the last checkpoint, when it is gone, is trained again from the one before, to the same weights', async () => {
    const weights = await finalWeights(runDir);
    await rm(join(runDir, 'train', 'checkpoints', 'step-00000024'), { recursive: true });
    const mended = await experiment.run('run', 'tiny.yaml');
    assert.equal(mended.code, 0, mended.stderr);
    assert.match(mended.stdout, /step-00000024.* is gone[^]*continues from the checkpoint of step 16/);
    assert.deepEqual(await finalWeights(runDir), weights);
  });

  test('an experiment with its images can be moved, and is up to date where it is then', async (t) => {
    const home = await Experiment.create();
    const moved = new Experiment(`${home.dir}-moved`);
    t.after(() => Promise.all([home.remove(), moved.remove()]));
    for (const split of ['trainA', 'trainB', 'testA', 'testB']) {
      await mkdir(join(home.dir, 'images', split), { recursive: true });
      const image = sharp({ create: { width: 20, height: 20, channels: 3, background: 'teal' } });
      await image.png().toFile(join(home.dir, 'images', split, '1.png'));
    }
    const command = [
      'run',
      'tiny.yaml',
      '--set',
      'dataset={type: folder, path: images, image_size: 16}',
      '--set',
      'train.epochs=1',
    ];
    const first = await home.run(...command);
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /not measured +psnr, ssim/);
    await rename(home.dir, moved.dir);
    const again = await moved.run(...command);
    assert.match(again.stdout, /Everything is up to date/, again.stdout + again.stderr);
  });

  test('runs without any tracker', async () => {
    const before = await experiment.runDirs();
    const untracked = await experiment.run(
      'run',
      'tiny.yaml',
      '--set',
      'tracking={}',
      '--set',
      'seed=7',
      '--set',
      'train.epochs=1',
    );
    assert.equal(untracked.code, 0, untracked.stderr);
    const [other, ...more] = (await experiment.runDirs()).filter((dir) => !before.includes(dir));
    assert.deepEqual(more, []);
    assert.ok(!(await readdir(other!)).some((name) => name.startsWith('events.out.')));
  });

  test('an evaluation that changes does not train again', async () => {
    const changed = await experiment.run('run', 'tiny.yaml', '--set', 'evaluate.metrics=[psnr]');
    assert.equal(changed.code, 0, changed.stderr);
    const text = await readFile(join(runDir, 'evaluate', 'metrics.json'), 'utf8');
    const metrics = JSON.parse(text) as { AtoB: Record<string, unknown> };
    assert.deepEqual(Object.keys(metrics.AtoB), ['psnr']);
    assert.ok(
      (await readdir(runDir)).some((name) => name.startsWith('evaluate.')),
      'the former evaluation lies beside',
    );
    assert.ok(existsSync(join(runDir, 'train', 'checkpoints', 'step-00000024')));
  });
});
