import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import type { DecodeTask } from '../../../src/data/prepare/decoding/decode-result.js';
import { AdaptiveDecoder } from '../../../src/data/prepare/decoding/adaptive-decoder.js';
import { DecoderPool, type PoolOptions } from '../../../src/data/prepare/decoding/decoder-pool.js';
import { plain, redBlue } from '../rig.js';

const BAD_WORKER = fileURLToPath(new URL('./bad-worker.js', import.meta.url));

function pool(t: TestContext, options: PoolOptions = {}): DecoderPool {
  const decoders = new DecoderPool({ threads: 2, ...options });
  t.after(() => decoders.close());
  return decoders;
}

function task(bytes: Uint8Array | string, sizes: readonly number[] = [8]): DecodeTask {
  const fits = sizes.map((to) => ({ resize: 'stretch', to }) as const);
  return { bytes: Buffer.from(bytes as string), fits, interpolation: 'bicubic' };
}

const image = () => redBlue(20, 10).png().toBuffer();

test('workers give the same results as this thread and do not detach the source’s bytes', async (t) => {
  const bytes = await image();
  const here = await new AdaptiveDecoder().decode(task(bytes, [8, 20]));
  const there = await pool(t).decode({ ...task(bytes, [8, 20]), bytes });
  assert.ok('facts' in here && 'facts' in there);
  assert.deepEqual(there.facts, here.facts);
  assert.deepEqual(
    there.images.map(({ data }) => data!.length),
    [8 * 8 * 3, 20 * 20 * 3],
  );
  for (const [i, { data, sum }] of there.images.entries()) {
    assert.ok(Buffer.from(data!).equals(here.images[i]!.data!));
    assert.ok(Buffer.from(sum).equals(here.images[i]!.sum));
  }
  assert.ok(bytes.length > 0);
  assert.deepEqual(await pool(t).decode(task('text')), await new AdaptiveDecoder().decode(task('text')));
});

/** Longer than a good image takes, including the start of its worker on a busy machine. */
const TIMEOUT = { timeoutMs: 5000 };

for (const [word, reason, options] of [
  ['die', /breaks the decoder \(Segmentation fault\)/, {}],
  ['leave', /breaks the decoder \(its thread ended\)/, {}],
  ['spin', /takes longer than 5 seconds to decode/, TIMEOUT],
  ['hang', /takes longer than 5 seconds to decode/, TIMEOUT],
] as const) {
  test(`an image that makes its worker ${word} is bad, and concurrent images are not`, async (t) => {
    const decoders = pool(t, { workerModule: BAD_WORKER, ...options });
    const good = await image();
    assert.ok('facts' in (await decoders.decode(task(good))));
    const images = [good, word, good, good, good, word, good];
    const results = await Promise.all(images.map((bytes) => decoders.decode(task(bytes))));
    for (const [i, result] of results.entries()) {
      if (images[i] === word) assert.match('reason' in result ? result.reason : '', reason);
      else assert.ok('facts' in result, JSON.stringify(result));
    }
  });
}

/** Files with the given contents, in a temporary folder. */
async function files(t: TestContext, contents: readonly (Uint8Array | string)[]) {
  const dir = await mkdtemp(join(tmpdir(), 'decoder-pool-'));
  t.after(() => rm(dir, { recursive: true }));
  const paths = contents.map((_, i) => join(dir, `${i}.png`));
  await Promise.all(paths.map((path, i) => writeFile(path, contents[i]!)));
  return paths.map((file) => ({
    file,
    fits: [{ resize: 'stretch' as const, to: 8 }],
    interpolation: 'bicubic' as const,
  }));
}

test('many small files go to a worker in one message, as many as it soon decodes', async (t) => {
  const tasks = await files(
    t,
    Array.from({ length: 200 }, () => 'count'),
  );
  const decoders = pool(t, { workerModule: BAD_WORKER });
  const results = await Promise.all(tasks.map((one) => decoders.decodeFile(one)));
  const together = results.map((result) => parseInt((result as { readonly reason: string }).reason));
  assert.equal(together[0], 1, 'nothing is known of the time at first');
  assert.equal(Math.max(...together), 32);
});

test('of the files in the message of a lost worker, only the one at fault is bad', async (t) => {
  const good = await image();
  const contents = Array.from({ length: 100 }, (_, i) => (i === 70 ? 'die' : good));
  const tasks = await files(t, contents);
  const decoders = pool(t, { workerModule: BAD_WORKER });
  const results = await Promise.all(
    tasks.map(async (one, i) => (await decoders.decodeFile(one)) ?? decoders.decode(task(contents[i]!))),
  );
  for (const [i, result] of results.entries()) {
    if (i === 70) assert.match('reason' in result ? result.reason : '', /Segmentation fault/);
    else assert.ok('facts' in result, JSON.stringify(result));
  }
});

test('a bug in one file of a message rejects that one', async (t) => {
  const good = await image();
  const tasks = await files(t, [good, good, 'bug', good, good, good, good, good]);
  const decoders = pool(t, { workerModule: BAD_WORKER });
  const results = await Promise.allSettled(tasks.map((one) => decoders.decodeFile(one)));
  results.forEach(({ status }, i) => assert.equal(status, i === 2 ? 'rejected' : 'fulfilled'));
});

test('a bug of the runner rejects instead of making the image bad', async (t) => {
  await assert.rejects(pool(t, { workerModule: BAD_WORKER }).decode(task('bug')), /ReferenceError/);
  await assert.rejects(pool(t, { workerModule: '/nowhere/worker.js' }).decode(task(await image())), /No worker thread/);
});

test('closing a pool rejects its running tasks', async (t) => {
  const decoders = pool(t, { workerModule: BAD_WORKER });
  const under = decoders.decode(task('hang'));
  const rejected = assert.rejects(under, /closed/);
  await decoders.close();
  await rejected;
  await assert.rejects(decoders.decode(task(await image())), /closed/);
});

test('a pool decodes large images, a few at a time', async (t) => {
  const large = await plain('#123456', 2500, 2000).png().toBuffer();
  const results = await Promise.all([large, large, large].map((bytes) => pool(t).decode(task(bytes))));
  assert.ok(results.every((result) => 'facts' in result && result.facts.width === 2500));
});
