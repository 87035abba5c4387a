import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tfrecord } from '../../src/data/sources/shards/tfrecord-source.js';
import { webdataset } from '../../src/data/sources/shards/webdataset-source.js';
import { REQUIRED_SPLITS, type DatasetSource, type RequiredSplit } from '../../src/registry/kinds/dataset.js';
import { sha256 } from '../../src/support/hash.js';
import { problemsOf } from '../data/files.js';
import { storeOf } from '../data/rig.js';
import { runPython } from './python.js';

type Hashes = Readonly<Record<RequiredSplit, readonly string[]>>;

const NONE = { valA: null, valB: null, test_share: 0.1, split_seed: 0 };
const SITE = { limit: null, imageSize: 8 };

let dir: string;
let written: Hashes;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'runner-shards-'));
  written = runPython('write_shards.py', dir);
});
after(() => rm(dir, { recursive: true, force: true }));

const patterns = (of: (split: RequiredSplit) => string) =>
  Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, join(dir, of(split))])) as Record<RequiredSplit, string>;

async function hashesOf(source: DatasetSource): Promise<Hashes> {
  const hashes = async (split: RequiredSplit) => {
    const images = await source.list(split);
    return [split, await Promise.all(images.map(async (image) => sha256(await image.read())))] as const;
  };
  return Object.fromEntries(await Promise.all(REQUIRED_SPLITS.map(hashes))) as unknown as Hashes;
}

test('TFRecord files of TensorFlow hold the same images, byte for byte, and are prepared', async (t) => {
  const source = tfrecord.create(
    { ...NONE, ...patterns((split) => `set-${split}.tfrecord-*`), feature: 'image' },
    SITE,
  );
  assert.deepEqual(await hashesOf(source), written);
  assert.equal((await storeOf(t, source)).count('trainA'), written.trainA.length);
});

test('a TFRecord file that TensorFlow has compressed is refused', async () => {
  const splits = patterns(() => 'compressed.tfrecord');
  const [problem] = await problemsOf(tfrecord.create({ ...NONE, ...splits, feature: 'image' }, SITE).list('trainA'));
  assert.match(problem!.message, /compressed as a whole/);
});

test('shards of WebDataset’s own writer hold the same images, byte for byte, and are prepared', async (t) => {
  const source = webdataset.create({ ...NONE, ...patterns((split) => `${split}-*.tar`), key: null }, SITE);
  assert.deepEqual(await hashesOf(source), written);
  assert.equal((await storeOf(t, source)).count('testB'), written.testB.length);
});
