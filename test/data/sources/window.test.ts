import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { withWindow } from '../../../src/data/sources/shards/window.js';
import { temporaryFolder } from './rig.js';

/** A file whose content tells the position of each byte. */
async function file(t: TestContext, length: number) {
  const path = join(await temporaryFolder(t), 'large');
  const bytes = Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 256));
  await writeFile(path, bytes);
  return { path, bytes };
}

test('a window gives any part of a file, also across its own end and backwards', async (t) => {
  const { path, bytes } = await file(t, 300_000);
  await withWindow(path, async ({ size, at }) => {
    assert.equal(size, bytes.length);
    for (const [position, length] of [
      [0, 12],
      [65_530, 12],
      [65_536, 1],
      [65_535, 100_000],
      [10, 512],
      [299_990, 10],
    ] as const)
      // prettier-ignore
      assert.deepEqual(await at(position, length), bytes.subarray(position, position + length), `${position}`);
  });
});

test('a window gives fewer bytes at the end of a file, and none behind it', async (t) => {
  const { path, bytes } = await file(t, 70_000);
  await withWindow(path, async ({ at }) => {
    assert.deepEqual(await at(69_990, 512), bytes.subarray(69_990));
    assert.equal((await at(70_000, 12)).length, 0);
    assert.equal((await at(80_000, 12)).length, 0);
  });
});
