import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import sharp from 'sharp';
import type { RgbImage } from '../../src/inference/image-grid.js';
import type { StageEvent } from '../../src/registry/kinds/stage-event.js';
import { fileImage } from '../../src/translation/inputs/file-images.js';
import type { InputImage } from '../../src/translation/inputs/input-image.js';
import {
  translateImages,
  type TranslationLimits,
  type TranslationSite,
} from '../../src/translation/translate-images.js';
import type { TranslationCounts, TranslationRequest } from '../../src/translation/request.js';
import { temporaryFolder } from '../data/folder.js';

type Options = Partial<Pick<TranslationRequest, 'size' | 'format' | 'sideBySide' | 'force' | 'shard'>>;

/** Translates files of a folder by inverting their colours. */
async function setup(
  t: TestContext,
  names: readonly string[],
  side: { width: number; height: number } = { width: 6, height: 4 },
) {
  const dir = await temporaryFolder(t);
  const [input, out] = [join(dir, 'in'), join(dir, 'out')];
  mkdirSync(input);
  const solid = sharp({ create: { ...side, channels: 3, background: { r: 10, g: 20, b: 30 } } });
  const png = await solid.png().toBuffer();
  for (const name of names) writeFileSync(join(input, name), png);
  const events: StageEvent[] = [];
  const stop = new AbortController();
  const seen: RgbImage[] = [];
  const batches: number[] = [];
  const translateTogether = (images: readonly RgbImage[]) => {
    batches.push(images.length);
    seen.push(...images);
    return Promise.resolve(images.map((image) => ({ ...image, data: image.data.map((value) => 255 - value) })));
  };
  const site: { -readonly [K in keyof TranslationSite]: TranslationSite[K] } = {
    translator: { batchOf: ({ width, height }) => ({ shape: `${width}x${height}`, most: 2 }), translateTogether },
    training: { imageSize: 8, interpolation: 'nearest' },
    emit: (event) => void events.push(event),
    signal: stop.signal,
    total: () => names.length,
  };
  const images = (): AsyncIterable<InputImage> => listed(names.map((name) => fileImage(join(input, name), name)));
  const go = (options: Options = {}, limits?: TranslationLimits, from = images()): Promise<TranslationCounts> =>
    translateImages(
      from,
      { out: { kind: 'folder', path: out }, size: 'keep', format: 'keep', sideBySide: false, force: false, shard: { index: 0, count: 1 }, ...options }, // prettier-ignore
      site,
      limits,
    );
  const pixelOf = async (name: string) => [...(await sharp(join(out, name)).raw().toBuffer()).subarray(0, 3)];
  return { dir, input, out, events, stop, seen, batches, go, pixelOf, images, site };
}

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

const notes = (events: readonly StageEvent[]) => events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));

test('each image is translated and written under its name', async (t) => {
  const { go, out, pixelOf } = await setup(t, ['a.png', 'b.png', 'c.png', 'd.png', 'e.png', 'f.png']);
  assert.deepEqual(await go(), { translated: 6, present: 0, failed: 0 });
  assert.deepEqual(readdirSync(out).sort(), ['a.png', 'b.png', 'c.png', 'd.png', 'e.png', 'f.png']);
  assert.deepEqual(await pixelOf('c.png'), [245, 235, 225]);
});

test('images of one size are translated together, others in batches of their own', async (t) => {
  const { go, input, out, batches, pixelOf } = await setup(t, ['a.png', 'b.png', 'c.png', 'd.png', 'e.png']);
  const other = sharp({ create: { width: 9, height: 9, channels: 3, background: { r: 40, g: 50, b: 60 } } });
  writeFileSync(join(input, 'c.png'), await other.png().toBuffer());
  assert.deepEqual(await go(), { translated: 5, present: 0, failed: 0 });
  assert.equal(readdirSync(out).length, 5);
  assert.deepEqual([await pixelOf('b.png'), await pixelOf('c.png')], [[245, 235, 225], [215, 205, 195]]); // prettier-ignore
  assert.ok(batches.length >= 3, `${batches.join()}`); // More where the machine is slow: a batch waits only so long.
});

test('a translation beside its input is twice as wide', async (t) => {
  const { go, out, pixelOf } = await setup(t, ['a.png']);
  await go({ sideBySide: true });
  const { width, height } = await sharp(join(out, 'a.png')).metadata();
  assert.deepEqual([width, height], [12, 4]);
  assert.deepEqual(await pixelOf('a.png'), [10, 20, 30]);
  const right = await sharp(join(out, 'a.png')).extract({ left: 6, top: 3, width: 1, height: 1 }).raw().toBuffer();
  assert.deepEqual([...right], [245, 235, 225]);
});

for (const [size, expected] of [
  ['keep', [6, 4]],
  ['fit', [12, 8]],
  [5, [5, 5]],
] as const) {
  test(`with size ${size}, a generator trained at 8 sees an image of 6 x 4 as ${expected.join(' x ')}`, async (t) => {
    const { go, seen } = await setup(t, ['a.png']);
    await go({ size });
    assert.deepEqual([seen[0]!.width, seen[0]!.height], expected);
  });
}

describe('what is there', () => {
  test('is not made again, unless its input has changed, or with force', async (t) => {
    const { go, input, seen } = await setup(t, ['a.png', 'b.png']);
    await go();
    assert.deepEqual(await go(), { translated: 0, present: 2, failed: 0 });
    utimesSync(join(input, 'b.png'), new Date(), new Date(Date.now() + 60_000));
    assert.deepEqual(await go(), { translated: 1, present: 1, failed: 0 });
    assert.deepEqual(await go({ force: true }), { translated: 2, present: 0, failed: 0 });
    assert.equal(seen.length, 5);
  });
});

test('an image that cannot be read or decoded is named and passed over', async (t) => {
  const { go, input, events, out } = await setup(t, ['a.png', 'cut.png', 'gone.png', 'z.png']);
  writeFileSync(join(input, 'cut.png'), (await sharp(join(input, 'a.png')).png().toBuffer()).subarray(0, 40));
  rmSync(join(input, 'gone.png'));
  assert.deepEqual(await go(), { translated: 2, present: 0, failed: 2 });
  assert.match(notes(events).join('\n'), /cut[.]png is .*cut off[^]*gone[.]png is gone/);
  assert.deepEqual(readdirSync(out).sort(), ['a.png', 'z.png']);
});

test('what a killed process left half-written is written again', async (t) => {
  const { go, out } = await setup(t, ['a.png']);
  mkdirSync(out);
  writeFileSync(join(out, '.a.png.part'), 'half');
  assert.deepEqual(await go(), { translated: 1, present: 0, failed: 0 });
  assert.deepEqual(readdirSync(out), ['a.png']);
});

test('shards translate each image once between them', async (t) => {
  const names = Array.from({ length: 30 }, (_, i) => `${i}.png`);
  const { go, out } = await setup(t, names);
  const counts = [];
  for (const index of [0, 1, 2]) counts.push(await go({ shard: { index, count: 3 } }));
  assert.equal(readdirSync(out).length, 30);
  assert.deepEqual(counts.map(({ present }) => present), [0, 0, 0]); // prettier-ignore
  assert.equal(counts.reduce((sum, { translated }) => sum + translated, 0), 30); // prettier-ignore
  assert.ok(counts.every(({ translated }) => translated > 0));
});

test('stopped, it finishes the images in work and leaves no other file', async (t) => {
  const names = Array.from({ length: 40 }, (_, i) => `${i}.png`);
  const { go, out, stop, seen, site } = await setup(t, names);
  const { translateTogether } = site.translator;
  site.translator = {
    ...site.translator,
    translateTogether(images) {
      if (seen.length >= 2) stop.abort();
      return translateTogether(images);
    },
  };
  const { translated } = await go();
  assert.ok(translated >= 3 && translated < 30, `${translated}`);
  assert.equal(readdirSync(out).length, translated);
});

test('an output that cannot be written ends it with that error', async (t) => {
  const { go, dir } = await setup(t, ['a.png', 'b.png']);
  writeFileSync(join(dir, 'out'), 'a file');
  await assert.rejects(go(), { code: /ENOTDIR|EEXIST/ });
});

test('large images wait for each other’s memory, in their order', async (t) => {
  const names = ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'];
  const { go, images, out } = await setup(t, names, { width: 2100, height: 2000 });
  // The first is read last, so that all others are ready before it.
  const late = async function* (): AsyncGenerator<InputImage> {
    let isFirst = true;
    for await (const image of images()) {
      yield isFirst ? { ...image, read: () => setTimeout(60).then(() => image.read()) } : image;
      isFirst = false;
    }
  };
  assert.equal((await go({}, { pixels: 5e6 }, late())).translated, 5);
  assert.ok(existsSync(join(out, 'a.png')));
});
