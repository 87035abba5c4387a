import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { HashedFile } from '../../../src/data/sources/hash-file.js';
import { hashFiles, type FilesToHash, type HashFilesOptions } from '../../../src/data/sources/hash-files.js';
import { put, temporaryFolder } from '../rig.js';

/** Files of several sizes, one that is larger than is read at once, one that is gone and a folder. */
async function files(t: TestContext) {
  const dir = await temporaryFolder(t);
  const contents = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`${i}.jpg`, Buffer.alloc(i * 100, i)] as const),
  );
  contents['large.jpg'] = Buffer.alloc(5e6, 7);
  await put(dir, contents);
  await mkdir(join(dir, 'folder.jpg'));
  const names = [...Object.keys(contents), 'gone.jpg', 'folder.jpg'];
  const paths = names.map((name, i) => (i % 2 === 0 ? join(dir, name) : Buffer.from(join(dir, name))));
  const wanted = names.map((name) => contents[name] && createHash('sha256').update(contents[name]).digest('hex'));
  return { dir, paths, wanted };
}

function all(paths: readonly (string | Buffer)[]): FilesToHash {
  return { count: paths.length, path: (i) => paths[i]! };
}

async function hashed(paths: readonly (string | Buffer)[], options?: HashFilesOptions) {
  const found = new Map<number, HashedFile | undefined>();
  await hashFiles(all(paths), (i, one) => void (assert.ok(!found.has(i), `${i} twice`), found.set(i, one)), options);
  return paths.map((_, i) => (assert.ok(found.has(i), `${i} is left out`), found.get(i)));
}

for (const [where, options] of [
  ['this thread', {}],
  ['worker threads', { trialMs: 0, longMs: 0 }],
] as const) {
  test(`${where} find the hash, size and time of each file, and none for those that cannot be read`, async (t) => {
    const { paths, wanted, dir } = await files(t);
    const found = await hashed(paths, options);
    assert.deepEqual(
      found.map((one) => one?.hash),
      wanted,
    );
    const { size, mtimeMs } = await stat(join(dir, 'large.jpg'));
    assert.deepEqual([found[100]!.size, found[100]!.mtimeMs], [size, mtimeMs]);
    assert.ok(found[100]!.readAt >= mtimeMs - 1000);
  });
}

test('hashing stops when it is aborted, here and in worker threads', async (t) => {
  const { paths } = await files(t);
  for (const options of [{}, { trialMs: 0, longMs: 0 }]) {
    const stop = new AbortController();
    const work = hashFiles(all(paths), () => stop.abort(), { ...options, signal: stop.signal });
    await assert.rejects(work, { name: 'AbortError' });
  }
});

test('no files are hashed in no time', async () => {
  assert.deepEqual(await hashed([]), []);
});
