import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { histogram, image, metric, runStarted, START_TIME, TensorBoardRig, text, type Value } from './rig.js';

// test/services/tensorboard.test.ts checks the files with TensorBoard itself.

let rig: TensorBoardRig;
beforeEach(async () => {
  rig = await TensorBoardRig.create();
});
afterEach(async () => {
  await rig.endProcess();
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

describe('TensorBoard’s event files', () => {
  test('begin with the version by which readers handle restarts', async () => {
    await rig.take(metric('loss', 1));
    const [first] = await rig.events();
    assert.equal(first!.file_version, 'brain.Event:2');
  });

  test('have a metric as points with step, time and value, finite or not', async () => {
    await rig.take(metric('loss', 1, 0.5), metric('loss', 2, NaN), metric('loss', 3, -Infinity));
    assert.deepEqual(await rig.points('loss'), [
      [1, 0.5],
      [2, NaN],
      [3, -Infinity],
    ]);
    assert.equal((await rig.events())[1]!.wall_time, (START_TIME + 1) / 1000);
  });

  test('describe a curve at its first point in each file', async () => {
    await rig.take(metric('loss/G/adversarial', 1), metric('loss/G/adversarial', 2));
    await rig.take(metric('loss/G/adversarial', 3), metric('other', 3));
    await rig.endProcess();
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

  test('have an image with the bytes on the disk', async () => {
    await writeFile(join(rig.runDir, 'a.png'), PNG);
    await rig.take(image('samples/AtoB', 7, 'a.png'));
    const { image: found, metadata } = await valueOf('samples/AtoB');
    assert.deepEqual([found!.width, found!.height], [3, 2]);
    assert.deepEqual(Buffer.from(found!.encoded_image_string), PNG);
    assert.equal(metadata!.plugin_data.plugin_name, 'images');
  });

  test('leave out missing or broken images, with one note per batch', async () => {
    await writeFile(join(rig.runDir, 'broken.png'), 'no image');
    await rig.take(image('a', 1, 'gone.png'), image('b', 1, 'broken.png'), metric('loss', 1));
    assert.deepEqual(rig.notes, ['gone.png and 1 more images are missing or not in PNG format, and left out.']);
    assert.deepEqual(await rig.tags(), ['loss']);
  });

  test('have a text with its Markdown and every script', async () => {
    const markdown = '| a | b |\n| --- | --- |\n| 斑马 | “zèbre” |\n';
    await rig.take(text('data', 0, markdown));
    const { tensor, metadata } = await valueOf('data');
    assert.equal(Buffer.from(tensor!.string_val[0]!).toString(), markdown);
    assert.equal(metadata!.plugin_data.plugin_name, 'text');
  });

  test('have a histogram as a row of left edge, right edge and count for each cell', async () => {
    await rig.take(histogram('weights', 1, { min: -1, max: 0.5, counts: [1, 0, 4] }));
    const { tensor, metadata } = await valueOf('weights');
    assert.deepEqual(doubles(tensor!.tensor_content), [-1, -0.5, 1, -0.5, 0, 0, 0, 0.5, 4]);
    assert.deepEqual(
      tensor!.tensor_shape.dim.map(({ size }) => size),
      [3, 3],
    );
    assert.equal(metadata!.plugin_data.plugin_name, 'histograms');
  });

  test('have histograms of one value and of none', async () => {
    await rig.take(histogram('one', 1, { min: 2, max: 2, counts: [0, 5] }));
    await rig.take(histogram('none', 1, { min: NaN, max: NaN, counts: [0, 0] }));
    assert.deepEqual(doubles((await valueOf('one')).tensor!.tensor_content), [2, 2, 0, 2, 2, 5]);
    assert.equal((await valueOf('none')).tensor!.tensor_content.length, 0);
  });

  test('have config, environment, hyperparameters and layout once, from the run’s first start', async () => {
    await rig.take(runStarted());
    await rig.endProcess();
    await rig.take(runStarted({ cwd: '/elsewhere' }), metric('loss', 1));
    const tags = ['config', 'environment', '_hparams_/session_start_info', 'custom_scalars__config__', 'loss'];
    assert.deepEqual(await rig.tags(), tags);
  });

  test('have the config as YAML, and the environment as a table with escaped cells', async () => {
    await rig.take(runStarted());
    const textOf = async (tag: string) => Buffer.from((await valueOf(tag)).tensor!.string_val[0]!).toString();
    assert.match(await textOf('config'), /^```yaml\nname: toy\nseed: 1\n[^]*\n```\n$/);
    const table = (await textOf('environment')).trimEnd().split('\n');
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
