import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { histogram, image, metric, runStarted, START_TIME, TensorBoardRig, text, type Value } from './rig.js';

// What TensorBoard itself makes of the files is checked in test/services/tensorboard.test.ts.

let rig: TensorBoardRig;
beforeEach(async () => {
  rig = await TensorBoardRig.create();
});
afterEach(async () => {
  await rig.leave();
  await rig.remove();
});

/** A PNG's signature and header: 3 wide, 2 high, RGB. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000030000000208020000001216f14d', 'hex');

async function valueOf(tag: string): Promise<Value> {
  const values = (await rig.events()).flatMap(({ summary }) => summary?.value ?? []);
  const found = values.find((value) => value.tag === tag);
  assert.ok(found, `no ${tag} among ${values.map((value) => value.tag).join(', ')}`);
  return found;
}

describe('what becomes of a record', () => {
  test('a file begins with the version by which readers know how to treat restarts', async () => {
    await rig.take(metric('loss', 1));
    const [first] = await rig.events();
    assert.equal(first!.file_version, 'brain.Event:2');
  });

  test('a metric is a point with step, time and value, also where it is not finite', async () => {
    await rig.take(metric('loss', 1, 0.5), metric('loss', 2, NaN), metric('loss', 3, -Infinity));
    assert.deepEqual(await rig.points('loss'), [
      [1, 0.5],
      [2, NaN],
      [3, -Infinity],
    ]);
    assert.equal((await rig.events())[1]!.wall_time, (START_TIME + 1) / 1000);
  });

  test('the first point of a curve in a file says what it shows', async () => {
    await rig.take(metric('loss/G/adversarial', 1), metric('loss/G/adversarial', 2));
    await rig.take(metric('loss/G/adversarial', 3), metric('other', 3));
    await rig.leave();
    await rig.take(metric('loss/G/adversarial', 4));
    const values = (await rig.events()).flatMap(({ summary }) => summary?.value ?? []);
    const described = values.map(({ tag, metadata }) => [tag, metadata?.summary_description.slice(0, 24)]);
    assert.deepEqual(described, [
      ['loss/G/adversarial', 'G’s part of L_GAN(G, D_Y'],
      ['loss/G/adversarial', undefined],
      ['loss/G/adversarial', undefined],
      ['other', ''],
      ['loss/G/adversarial', 'G’s part of L_GAN(G, D_Y'],
    ]);
  });

  test('an image is in the file as it is on the disk', async () => {
    await writeFile(join(rig.runDir, 'a.png'), PNG);
    await rig.take(image('samples/AtoB', 7, 'a.png'));
    const { image: found, metadata } = await valueOf('samples/AtoB');
    assert.deepEqual([found!.width, found!.height], [3, 2]);
    assert.deepEqual(Buffer.from(found!.encoded_image_string), PNG);
    assert.equal(metadata!.plugin_data.plugin_name, 'images');
  });

  test('images that are gone or broken are told once a batch, and the rest arrives', async () => {
    await writeFile(join(rig.runDir, 'broken.png'), 'no image');
    await rig.take(image('a', 1, 'gone.png'), image('b', 1, 'broken.png'), metric('loss', 1));
    assert.deepEqual(rig.notes, ['gone.png and 1 more images are not there or no PNG; the rest goes on without.']);
    assert.deepEqual(await rig.tags(), ['loss']);
  });

  test('a text keeps its Markdown and every script', async () => {
    const markdown = '| a | b |\n| --- | --- |\n| 斑马 | “zèbre” |\n';
    await rig.take(text('data', 0, markdown));
    const { tensor, metadata } = await valueOf('data');
    assert.equal(Buffer.from(tensor!.string_val[0]!).toString(), markdown);
    assert.equal(metadata!.plugin_data.plugin_name, 'text');
  });

  test('a histogram is a row of left edge, right edge and count for each cell', async () => {
    await rig.take(histogram('weights', 1, { min: -1, max: 0.5, counts: [1, 0, 4] }));
    const { tensor, metadata } = await valueOf('weights');
    assert.deepEqual(doubles(tensor!.tensor_content), [-1, -0.5, 1, -0.5, 0, 0, 0, 0.5, 4]);
    assert.deepEqual(
      tensor!.tensor_shape.dim.map(({ size }) => size),
      [3, 3],
    );
    assert.equal(metadata!.plugin_data.plugin_name, 'histograms');
  });

  test('a histogram of one value, and of none', async () => {
    await rig.take(histogram('one', 1, { min: 2, max: 2, counts: [0, 5] }));
    await rig.take(histogram('none', 1, { min: NaN, max: NaN, counts: [0, 0] }));
    assert.deepEqual(doubles((await valueOf('one')).tensor!.tensor_content), [2, 2, 0, 2, 2, 5]);
    assert.equal((await valueOf('none')).tensor!.tensor_content.length, 0);
  });

  test('the run’s start brings config, environment, hyperparameters and layout, once', async () => {
    await rig.take(runStarted());
    await rig.leave();
    await rig.take(runStarted({ cwd: '/elsewhere' }), metric('loss', 1));
    const tags = ['config', 'environment', '_hparams_/session_start_info', 'custom_scalars__config__', 'loss'];
    assert.deepEqual(await rig.tags(), tags);
  });

  test('the config is YAML, the environment a table whose cells hold what could break it', async () => {
    await rig.take(runStarted());
    const words = async (tag: string) => Buffer.from((await valueOf(tag)).tensor!.string_val[0]!).toString();
    assert.match(await words('config'), /^```yaml\nname: toy\nseed: 1\n[^]*\n```\n$/);
    const table = (await words('environment')).trimEnd().split('\n');
    assert.deepEqual(table, [
      '| | |',
      '| --- | --- |',
      '| **command** | `runner run a&#124;b.yaml` |',
      '| **folder** | `/home/ada` |',
      '| **user** | ada |',
      '| **commit** | `c0ffee` (main), with changes that are not committed |',
      '| **repository** | `https://example.org/a.git` |',
      '| **runner** | 0.1.0 |',
      '| **engine tensorflow** | 2.21.0 |',
      '| **host** | box |',
      '| **memory** | 16 GB |',
    ]);
  });
});

function doubles(bytes: Uint8Array): number[] {
  const buffer = Buffer.from(bytes);
  return Array.from({ length: buffer.length / 8 }, (_, i) => buffer.readDoubleLE(i * 8));
}
