import assert from 'node:assert/strict';
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
  return { bytes: Buffer.from(bytes as string), sizes, interpolation: 'bicubic' };
}

const image = () => redBlue(20, 10).png().toBuffer();

test('workers answer as this thread does, and leave the source its bytes', async (t) => {
  const bytes = await image();
  const here = await new AdaptiveDecoder().decode(task(bytes, [8, 20]));
  const there = await pool(t).decode({ ...task(bytes, [8, 20]), bytes });
  assert.ok('facts' in here && 'facts' in there);
  assert.deepEqual(there.facts, here.facts);
  assert.deepEqual(
    there.images.map(({ data }) => data.length),
    [8 * 8 * 3, 20 * 20 * 3],
  );
  for (const [i, { data, sum }] of there.images.entries()) {
    assert.ok(Buffer.from(data).equals(here.images[i]!.data));
    assert.ok(Buffer.from(sum).equals(here.images[i]!.sum));
  }
  assert.ok(bytes.length > 0);
  assert.deepEqual(await pool(t).decode(task('text')), await new AdaptiveDecoder().decode(task('text')));
});

/** Longer than a good image takes where its worker must start on a machine that is busy with much else. */
const PATIENCE = { patience: 5000 };

for (const [word, reason, options] of [
  ['die', /breaks the decoder \(Segmentation fault\)/, {}],
  ['leave', /breaks the decoder \(its thread ended\)/, {}],
  ['spin', /takes longer than 5 seconds to decode/, PATIENCE],
  ['hang', /takes longer than 5 seconds to decode/, PATIENCE],
] as const) {
  test(`an image that makes its worker ${word} is bad, and those beside it are not`, async (t) => {
    const decoders = pool(t, { workerModule: BAD_WORKER, ...options });
    const good = await image();
    assert.ok('facts' in (await decoders.decode(task(good))));
    const words = [good, word, good, good, good, word, good];
    const answers = await Promise.all(words.map((bytes) => decoders.decode(task(bytes))));
    for (const [i, answer] of answers.entries()) {
      if (words[i] === word) assert.match('reason' in answer ? answer.reason : '', reason);
      else assert.ok('facts' in answer, JSON.stringify(answer));
    }
  });
}

test('what is wrong with the runner is not the image’s fault', async (t) => {
  await assert.rejects(pool(t, { workerModule: BAD_WORKER }).decode(task('bug')), /ReferenceError/);
  await assert.rejects(pool(t, { workerModule: '/nowhere/worker.js' }).decode(task(await image())), /No worker thread/);
});

test('closing ends what is under way', async (t) => {
  const decoders = pool(t, { workerModule: BAD_WORKER });
  const under = decoders.decode(task('hang'));
  const told = assert.rejects(under, /closed/);
  await decoders.close();
  await told;
  await assert.rejects(decoders.decode(task(await image())), /closed/);
});

test('large images are decoded too, a few at a time', async (t) => {
  const large = await plain('#123456', 2500, 2000).png().toBuffer();
  const answers = await Promise.all([large, large, large].map((bytes) => pool(t).decode(task(bytes))));
  assert.ok(answers.every((answer) => 'facts' in answer && answer.facts.width === 2500));
});
