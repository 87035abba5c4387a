import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { REQUIRED_SPLITS, type DatasetSite, type DatasetSource } from '../../../src/registry/kinds/dataset.js';
import { builtins } from '../../../src/app/builtins.js';
import { make } from '../../../src/registry/make.js';
import { loadPlugins } from '../../../src/registry/plugins.js';
import type { JsonObject } from '../../../src/support/json.js';
import { checksum, serve, tar, zip } from './archives.js';
import { contract, type SourceCase } from './contract.js';
import { many, ownCache, put, temporaryFolder } from './rig.js';
import { example, tfrecordFile } from './tfrecords.js';

ownCache();

const plugin = fileURLToPath(new URL('../../../../examples/url-index.mjs', import.meta.url));
const components = builtins();
await loadPlugins([plugin], components);

/** A source as a config names it, with its defaults. */
const source =
  (type: string, options: JsonObject) =>
  (site: DatasetSite): DatasetSource => {
    const { properties } = components.dataset.get(type).schema;
    const defaults = Object.fromEntries(
      Object.entries(properties).map(([key, option]) => [key, option['default'] ?? null]),
    );
    return make(components.dataset, { ...defaults, ...options, type }, site);
  };

const IMAGES = { ...many('trainA', 3), ...many('trainB', 2), ...many('testA', 2), ...many('testB', 1) };
const OTHER = { ...IMAGES, 'trainA/1.jpg': 'another' };
const inFolder = (dir: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${dir}/${name}`, content]));

/** A case for each registered data set. */
const CASES: Readonly<Record<string, (t: TestContext) => Promise<SourceCase>>> = {
  async folder(t) {
    const dir = await settled(t, IMAGES);
    const create = source('folder', { path: dir });
    return { create, change: () => put(dir, OTHER).then(() => create) };
  },
  async list(t) {
    const dir = await settled(t, { ...IMAGES, 'list.csv': csvOf(IMAGES) });
    const create = source('list', { path: join(dir, 'list.csv') });
    return { create, change: () => put(dir, OTHER).then(() => create) };
  },
  async archive(t) {
    const dir = await settled(t, { 'set.tar': tar(inFolder('set', IMAGES)) });
    const create = source('archive', { path: join(dir, 'set.tar') });
    return { create, change: () => put(dir, { 'set.tar': tar(inFolder('set', OTHER)) }).then(() => create) };
  },
  async cyclegan(t) {
    const [before, after] = [zip(inFolder('maps', IMAGES)), zip(inFolder('maps', OTHER))];
    const { url } = await serve(t, { '/maps.zip': before, '/maps.zip.sha256': `${checksum(before)}  maps.zip\n` });
    const create = source('cyclegan', { name: 'maps', mirror: url });
    return {
      create,
      change: () => Promise.resolve(source('cyclegan', { name: 'maps', mirror: url, sha256: checksum(after) })),
    };
  },
  async pairs(t) {
    const dir = await settled(t, { ...many('train', 3), ...many('test', 2) });
    const create = source('pairs', { path: dir });
    return { create, change: () => put(dir, { 'train/1.jpg': 'another' }).then(() => create) };
  },
  async tfrecord(t) {
    const files = (change?: string) =>
      shards((texts) => tfrecordFile(texts.map((image) => example({ image }))), change);
    const dir = await settled(t, files());
    const create = source('tfrecord', shardPatterns(dir));
    return { create, change: () => put(dir, files('another')).then(() => create) };
  },
  async webdataset(t) {
    const files = (change?: string) =>
      shards((texts) => tar(Object.fromEntries(texts.map((text, i) => [`${i}.jpg`, text]))), change);
    const dir = await settled(t, files());
    const create = source('webdataset', shardPatterns(dir));
    return { create, change: () => put(dir, files('another')).then(() => create) };
  },
  synthetic() {
    const create = source('synthetic', { seed: 0, train: 3, test: 2 });
    return Promise.resolve({
      create,
      change: () => Promise.resolve(source('synthetic', { seed: 1, train: 3, test: 2 })),
    });
  },
  async 'url-index'(t) {
    const { url } = await serve(
      t,
      Object.fromEntries(Object.entries(IMAGES).map(([name, text]) => [`/${name}`, text])),
    );
    const dir = await temporaryFolder(t);
    const index = join(dir, 'index.json');
    const entries = (split: string) =>
      Object.entries(IMAGES)
        .filter(([name]) => name.startsWith(split))
        .map(([name, text]) => ({ url: `${url}/${name}`, sha256: checksum(text) }));
    const lists = Object.fromEntries(['trainA', 'trainB', 'testA', 'testB'].map((split) => [split, entries(split)]));
    await writeFile(index, JSON.stringify(lists));
    const create = source('url-index', { index });
    const change = async () => {
      const text = await readFile(index, 'utf8');
      await writeFile(index, text.replace(checksum(IMAGES['trainA/1.jpg']!), checksum('another')));
      return create;
    };
    return { create, change };
  },
};

test('every registered data set is tested by the contract', () => {
  assert.deepEqual(Object.keys(CASES).sort(), [...components.dataset.names()].sort());
});

for (const [name, make] of Object.entries(CASES)) contract(name, make);

/** A shard of each split. @param change an image's text, where it is not the first one */
function shards(pack: (texts: readonly string[]) => Uint8Array, change = 'trainA 0'): Record<string, Uint8Array> {
  const texts = (split: string, count: number) => Array.from({ length: count }, (_, i) => `${split} ${i}`);
  const trainA = [change, ...texts('trainA', 3).slice(1)];
  return { trainA: pack(trainA), trainB: pack(texts('trainB', 2)), testA: pack(texts('testA', 2)), testB: pack(texts('testB', 1)) }; // prettier-ignore
}

function shardPatterns(dir: string): JsonObject {
  return Object.fromEntries(REQUIRED_SPLITS.map((split) => [split, join(dir, split)]));
}

/** Sets old modification times, so that the files' hashes are cached. */
async function settled(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const dir = await temporaryFolder(t);
  await put(dir, files);
  for (const name of Object.keys(files)) await utimes(join(dir, name), 1000, 1000);
  return dir;
}

function csvOf(files: Readonly<Record<string, string>>): string {
  const rows = Object.keys(files).map((name) => `${name},${name.split('/')[0]!}`);
  return ['file,split', ...rows].join('\n');
}
