import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test, type TestContext } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { openTranslator } from '../../src/app/open-translator.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { GENERATORS, generatorOf, write } from '../export/rig.js';
import { temporaryFolder } from '../data/folder.js';
import { until, WITHIN } from '../until.js';
import { startServer } from './rig.js';

before(() => loadTensorFlow());

/** A server of generators, each by the type of its network. */
async function setup(t: TestContext, models: Readonly<Record<string, string>> = { zebra: 'ResNet' }) {
  const dir = await temporaryFolder(t);
  const bundles = await writeBundles(dir, models);
  return { dir, ...startServer(t, bundles) };
}

async function writeBundles(dir: string, models: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const names = Object.keys(models);
  for (const name of names) await write('weights', generatorOf(GENERATORS[models[name]!]!), join(dir, name));
  return Object.fromEntries(names.map((name) => [name, join(dir, name)]));
}

const noise = (width: number, height: number, seed: number) =>
  sharp(Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919 * seed) % 251), { raw: { width, height, channels: 3 } }); // prettier-ignore

const pixelsOf = (file: Buffer) => sharp(file).removeAlpha().raw().toBuffer();

async function differenceOf(a: Buffer, b: Uint8Array): Promise<number> {
  const [x, y] = [await pixelsOf(a), b];
  assert.equal(x.length, y.length);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

test('many images of two models and several sizes at once each get their own translation', async (t) => {
  const { dir, ready, ask } = await setup(t, { zebra: 'ResNet', horse: 'U-Net' });
  await ready();
  const translators = {
    zebra: await openTranslator(join(dir, 'zebra')),
    horse: await openTranslator(join(dir, 'horse')),
  };
  t.after(() => Object.values(translators).forEach((translator) => translator.dispose()));
  const asked = Array.from({ length: 60 }, async (_, i) => {
    const file = await noise(16 + 8 * (i % 3), 16, i + 1)
      .png()
      .toBuffer();
    const model = i % 2 === 0 ? 'zebra' : 'horse';
    const { status, bytes } = await ask(`/translate/${model}`, file);
    return { file, model, status, bytes } as const;
  });
  for (const { file, model, status, bytes } of await Promise.all(asked)) {
    assert.equal(status, 200, bytes.toString());
    const expected = await translators[model].translate(file);
    assert.ok((await differenceOf(bytes, expected.data)) <= 1);
  }
});

test('an image is prepared as the translate command does, and numbers are the network’s own', async (t) => {
  const { dir, ready, ask } = await setup(t);
  await ready();
  const translator = await openTranslator(join(dir, 'zebra'));
  t.after(() => translator.dispose());
  const turned = await noise(20, 16, 3).jpeg({ quality: 100 }).withMetadata({ orientation: 6 }).toBuffer();
  const clear = await sharp({ create: { width: 16, height: 16, channels: 4, background: { r: 9, g: 200, b: 30, alpha: 0.4 } } }).png().toBuffer(); // prettier-ignore
  for (const file of [turned, clear]) {
    const { bytes } = await ask('/translate?format=png', file);
    assert.ok((await differenceOf(bytes, (await translator.translate(file)).data)) <= 1);
  }
  const { bytes } = await ask('/translate?format=png&size=16', turned);
  const { width, height } = await sharp(bytes).metadata();
  assert.deepEqual([width, height], [16, 16]);

  // Of 14 rows: two are mirrored, and cut off again.
  const image = Array.from({ length: 14 }, (_, y) => Array.from({ length: 16 }, (_, x) => [0, 1, 2].map((c) => Math.sin(y + x * c)))); // prettier-ignore
  const answer = await ask('/v1/models/zebra:predict', JSON.stringify({ instances: [image] }));
  const [found] = (JSON.parse(answer.bytes.toString()) as { predictions: number[][][][] }).predictions;
  const mirrored = [...image, image[12]!, image[11]!];
  const expected = tf.tidy(() => translator.translateTensor(tf.tensor4d([mirrored])).slice([0, 0, 0, 0], [1, 14, 16, 3]).dataSync()); // prettier-ignore
  assert.ok(Math.max(...found!.flat(2).map((value, i) => Math.abs(value - expected[i]!))) < 1e-5);
});

test('what is no image, too large or of no size that it takes is refused, and the next is answered', async (t) => {
  const { ready, ask } = await setup(t);
  await ready();
  const bomb = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: 'black' } })
    .png()
    .toBuffer();
  const cutOff = (await noise(64, 64, 1).jpeg().toBuffer()).subarray(0, 700);
  const strip = await noise(1, 2000, 1).png().toBuffer();
  const tiny = { instances: [[[[0, 0, 0]]]] };
  const statusOf = async (...asked: Parameters<typeof ask>) => {
    const { status, bytes } = await ask(...asked);
    return `${status} ${(JSON.parse(bytes.toString()) as { code: string }).code}`;
  };
  assert.equal(await statusOf('/translate', bomb), '413 too-many-pixels');
  assert.equal(await statusOf('/translate?size=fit', strip), '413 too-many-pixels');
  assert.equal(await statusOf('/translate?size=400', strip), '413 too-many-pixels');
  assert.equal(await statusOf('/translate', 'text'), '415 undecodable-image');
  assert.equal(await statusOf('/translate', '<svg xmlns="http://www.w3.org/2000/svg"/>'), '415 undecodable-image');
  assert.equal(await statusOf('/translate', cutOff), '415 undecodable-image');
  assert.equal(await statusOf('/v1/models/zebra:predict', JSON.stringify(tiny)), '400 wrong-size');
  assert.equal((await ask('/translate', await noise(16, 16, 1).png().toBuffer())).status, 200);
});

test('an engine that is killed in mid-request is started again, and the request is answered', async (t) => {
  const { seen, ready, ask } = await setup(t);
  await ready();
  const images = await Promise.all([1, 2, 3, 4].map((seed) => noise(300, 300, seed).png().toBuffer()));
  const answers = images.map((image) => ask('/translate', image));
  for (const id of await engines()) process.kill(id, 'SIGKILL');
  assert.deepEqual((await Promise.all(answers)).map(({ status }) => status), [200, 200, 200, 200]); // prettier-ignore
  await until('the death', { within: WITHIN.process, look: () => seen.deaths, is: (count) => count === 1 });
  assert.equal((await ask('/translate', images[0])).status, 200);
});

test('stopped, it answers what has arrived and ends', async (t) => {
  const { seen, stop, ended, ready, ask } = await setup(t);
  await ready();
  const image = await noise(200, 200, 1).png().toBuffer();
  const answers = Array.from({ length: 12 }, () => ask('/translate', image).then(({ status }) => status));
  assert.equal(await Promise.race(answers), 200);
  stop.abort();
  // One that had not arrived yet finds nobody.
  const statuses = await Promise.all(answers.map((answer) => answer.catch(() => 'nobody')));
  assert.ok(
    statuses.every((status) => [200, 503, 'nobody'].includes(status)),
    statuses.join(),
  );
  assert.deepEqual(await ended, { status: 'stopped' });
  await assert.rejects(fetch(seen.address));
});

test('a bundle that is damaged ends it with the reason', async (t) => {
  const dir = await temporaryFolder(t);
  const bundles = await writeBundles(dir, { zebra: 'ResNet' });
  writeFileSync(join(dir, 'zebra/weights.bin'), 'no weights');
  const end = await startServer(t, bundles).ended;
  assert.ok(end.status === 'failed');
  assert.match(end.problems[0]!.message, /weights[.]bin/);
});

/** The engines that this process has started. */
async function engines(): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, i) => commands[i]!.includes(`serving-process.js\0${process.pid}\0`)).map(Number);
}
