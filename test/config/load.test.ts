import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFiles } from './rig.js';

test('an empty map is a complete config, in which every default is filled in', async (t) => {
  const { load } = await withFiles(t, { 'toy.yaml': '{}' });
  const { config, notes } = (await load('toy.yaml')).value!;
  assert.deepEqual(notes, []);
  assert.equal(config.name, 'toy');
  assert.equal(config.seed, 42);
  assert.deepEqual(config.dataset, {
    type: 'synthetic',
    train: 8,
    image_size: 256,
    load_size: 286,
    preprocess: 'resize_and_crop',
    interpolation: 'nearest',
    flip: true,
    shuffle_buffer: null,
    batch_size: 1,
    epoch: 'shortest',
    limit: null,
    validation_share: 0,
    validation_seed: 0,
    on_bad_image: 'skip',
    max_bad: 0.1,
  });
  assert.deepEqual(config.generator, { type: 'unet', width: 64, dropout: 0.5 });
  assert.deepEqual(config.loss, {
    adversarial: 'bce',
    penalty: null,
    lambda: { forward: 10, backward: 10 },
    identity: 0.5,
    identity_steps: null,
  });
  assert.deepEqual(config.train, {
    epochs: 40,
    checkpoint_every: 5,
    keep: 5,
    sample_every: 1,
    sample_every_steps: null,
    samples: 5,
    histogram_every: null,
    keep_best: null,
    accumulate: 1,
    ema_decay: null,
    early_stopping: null,
  });
  assert.deepEqual(config.engine, { mode: 'graph', precision: 'float32', device: 'auto', replicas: 1, xla: 'auto' });
  assert.deepEqual(config.tracking, { tensorboard: {} });
  assert.deepEqual(config.stages, {
    preprocess: { type: 'preprocess', needs: [] },
    train: { type: 'train', needs: ['preprocess'] },
    evaluate: { type: 'evaluate', needs: ['preprocess', 'train'] },
    export: { type: 'export', needs: ['train'] },
  });
});

test('a loaded config is deeply frozen', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  const { config } = (await load('a.yaml')).value!;
  for (const value of [config, config.dataset, config.loss.lambda, config.evaluate.metrics, config.stages.train]) {
    assert.ok(Object.isFrozen(value));
  }
});

test('numbers are read by the rules of YAML 1.2', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': 'optimizer: {learning_rate: 2e-4}\ntrain: {epochs: 3.0}\nseed: 0x10',
  });
  const { config } = (await load('a.yaml')).value!;
  assert.deepEqual([config.optimizer.learning_rate, config.train.epochs, config.seed], [0.0002, 3, 16]);
});

test('one lambda sets both directions, and one direction can be overridden', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'loss: {lambda: 7}' });
  assert.deepEqual((await load('a.yaml')).value!.config.loss.lambda, { forward: 7, backward: 7 });
  const { config } = (await load('a.yaml', ['loss.lambda.backward=2'])).value!;
  assert.deepEqual(config.loss.lambda, { forward: 7, backward: 2 });
});

test('a bare name as a section is its type', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'generator: resnet' });
  assert.equal((await load('a.yaml')).value!.config.generator.type, 'resnet');
});

test('components resolve their auto values from the rest of the config', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'generator: {type: resnet}\ndataset: {image_size: 64}' });
  const { config } = (await load('a.yaml')).value!;
  assert.deepEqual([config.generator.blocks, config.dataset.load_size], [6, 72]);
});

test('the default image size of exports is that of training', async (t) => {
  const sizes = async (yaml: string) => {
    const { load } = await withFiles(t, { 'a.yaml': `dataset: {image_size: 64}\n${yaml}` });
    return (await load('a.yaml')).value!.config.export.image_sizes;
  };
  assert.deepEqual(await sizes(''), [64]);
  assert.deepEqual(await sizes('export: {image_sizes: null}'), [64]);
  assert.deepEqual(await sizes('export: {image_sizes: [128, 64]}'), [128, 64]);
});

test('extends merges sections and replaces lists, through several files', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': 'extends: sub/b.yaml\nname: a\ntrain: {epochs: 3}\nevaluate: {metrics: [ssim]}',
    'sub/b.yaml': 'extends: ../c.yaml\ntrain: {keep: 2, epochs: 2}',
    'c.yaml': 'name: c\nseed: 5\ntrain: {epochs: 1, samples: 1}\nevaluate: {metrics: [psnr, ssim], samples: 9}',
  });
  const { config } = (await load('a.yaml')).value!;
  assert.deepEqual([config.name, config.seed], ['a', 5]);
  const { epochs, checkpoint_every, keep, samples } = config.train;
  assert.deepEqual(
    { epochs, checkpoint_every, keep, samples },
    { epochs: 3, checkpoint_every: 5, keep: 2, samples: 1 },
  );
  const { samples: rows, metrics } = config.evaluate;
  assert.deepEqual({ rows, metrics }, { rows: 9, metrics: ['ssim'] });
});

test('a problem in an extended file is shown at its place there, after those of the file itself', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': 'extends: b.yaml\n\ntrain: {keep: x}',
    'b.yaml': 'seed: no\ntrain: {epochs: 0, keep: 5}',
  });
  assert.deepEqual(
    (await load('a.yaml')).texts.map((text) => text.split(': ')[0]),
    ['a.yaml:3:15 wrong-type', 'b.yaml:1:7 wrong-type', 'b.yaml:2:17 out-of-range'],
  );
});

test('extends is a problem when it forms a circle, names a missing file, or is no path', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': 'extends: b.yaml',
    'b.yaml': 'extends: a.yaml',
    'c.yaml': 'extends: bb.yaml',
    'd.yaml': 'extends: [a.yaml]',
  });
  assert.deepEqual((await load('a.yaml')).texts, [
    'b.yaml:1:10 extends-cycle: These files extend each other in a circle: a.yaml -> b.yaml -> a.yaml.',
  ]);
  assert.match((await load('c.yaml')).texts[0]!, /^c\.yaml:1:10 missing-file: There is no file bb\.yaml\. -> Did you/);
  assert.match((await load('d.yaml')).texts[0]!, /^d\.yaml:1:10 wrong-type: extends: expected the path of one other/);
});

test('a changed type drops the options that it does not have, with a note', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'generator: {width: 8, dropout: 0.1}' });
  const { config, notes } = (await load('a.yaml', ['generator.type=resnet'])).value!;
  assert.deepEqual(config.generator, { type: 'resnet', width: 8, blocks: 9 });
  assert.deepEqual(notes, ['generator is resnet now (it was unet), so unet’s option dropout no longer counts.']);
});

test('an option in the same file as a type that does not have it is a problem', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': '{}' });
  const { texts } = await load('a.yaml', ['generator.dropout=0.1', 'generator.type=resnet']);
  assert.match(texts[0]!, /^--set:1:1 unknown-key: Unknown key "dropout" in generator \(type resnet\)/);
});

test('overrides are YAML and win over the file, the last one over the others', async (t) => {
  const { load } = await withFiles(t, { 'a.yaml': 'train: {epochs: 3}' });
  const typed = ['train.epochs=4', 'evaluate.metrics=[psnr, ssim]', 'dataset.limit=null', 'train.epochs=5', 'name="x"'];
  const { config } = (await load('a.yaml', typed)).value!;
  assert.deepEqual([config.train.epochs, config.evaluate.metrics, config.name], [5, ['psnr', 'ssim'], 'x']);
});

test('paths are relative to their file, or to the current folder after --set', async (t) => {
  const { dir, load } = await withFiles(t, {
    'a.yaml': 'extends: sub/b.yaml',
    'sub/b.yaml': 'dataset: {type: folder, path: images}',
    'home.yaml': 'dataset: {type: folder, path: ~/images}',
  });
  assert.equal((await load('a.yaml')).value!.config.dataset.path, join(dir, 'sub', 'images'));
  const { config } = (await load('a.yaml', ['dataset.path=../mine'])).value!;
  assert.equal(config.dataset.path, join(dir, 'mine'));
  assert.equal((await load('home.yaml')).value!.config.dataset.path, join(homedir(), 'images'));
});

test('stages are merged over the default graph, and null removes stages and trackers', async (t) => {
  const { load } = await withFiles(t, {
    'a.yaml': 'extends: b.yaml\nstages: {export: null}\ntracking: {tensorboard: null}',
    'b.yaml': 'stages: {again: {type: evaluate, needs: [train]}}\ntracking: {tensorboard: {}, mlflow: {}}',
  });
  const { config } = (await load('a.yaml')).value!;
  assert.deepEqual(Object.keys(config.stages), ['preprocess', 'train', 'evaluate', 'again']);
  assert.deepEqual(config.stages.again, { type: 'evaluate', needs: ['train'] });
  assert.deepEqual(config.tracking, { mlflow: { experiment: 'runner' } });
});

test('the place of a value is known through extends and overrides', async (t) => {
  const { dir, load } = await withFiles(t, {
    'a.yaml': 'extends: b.yaml\ntrain:\n  epochs: 3',
    'b.yaml': 'loss:\n  lambda: 4',
  });
  const { placeOf } = (await load('a.yaml', ['seed=3'])).value!;
  const spot = (...path: string[]) => {
    const place = placeOf(path);
    return place && [place.file.replace(`${dir}/`, ''), place.line, place.column];
  };
  assert.deepEqual(spot('train', 'epochs'), ['a.yaml', 3, 11]);
  assert.deepEqual(spot('loss', 'lambda', 'forward'), ['b.yaml', 2, 11]);
  assert.deepEqual(spot('seed'), ['--set', 1, 6]);
  assert.equal(spot('engine', 'mode'), undefined);
});
