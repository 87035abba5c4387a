import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { decode, readErrorReason, type DecodedImage } from '../../../src/data/images/decode.js';
import { plain, redBlue, temporaryFolder } from '../rig.js';

const ORANGE = [230, 120, 40];

for (const interpolation of ['nearest', 'bilinear', 'bicubic'] as const) {
  test(`files of every kind with the same colour give the same pixels (${interpolation})`, async () => {
    const orange = () => plain('rgb(230,120,40)', 40, 30);
    const kinds: Record<string, Buffer> = {
      jpeg: await orange().jpeg({ quality: 95 }).toBuffer(),
      png: await orange().png().toBuffer(),
      webp: await orange().webp({ lossless: true }).toBuffer(),
      tiff: await orange().tiff({ compression: 'lzw' }).toBuffer(),
      gif: await orange().gif().toBuffer(),
      avif: await orange().avif({ quality: 90 }).toBuffer(),
      'png of 16 bits': await orange().toColourspace('rgb16').png().toBuffer(),
      'png with a palette': await orange().png({ palette: true }).toBuffer(),
      'jpeg in Display P3': await orange().withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(),
      '1 x 1': await orange().resize(1, 1).png().toBuffer(),
      '3000 x 10': await orange().resize(3000, 10, { fit: 'fill' }).png().toBuffer(),
    };
    for (const [kind, bytes] of Object.entries(kinds)) {
      const data = await pixels(bytes, 12, interpolation);
      assert.equal(data.length, 12 * 12 * 3, kind);
      assert.ok(distance(data, ORANGE) <= 3, `${kind}: ${data.slice(0, 3).join()}`);
    }
  });

  test(`a grey image of any depth gets three equal channels (${interpolation})`, async () => {
    const grey = () => plain('rgb(90,90,90)').greyscale();
    for (const bytes of [
      await grey().jpeg().toBuffer(),
      await grey().png().toBuffer(),
      await grey().toColourspace('grey16').png().toBuffer(),
      await grey().ensureAlpha(1).png().toBuffer(),
    ]) {
      assert.ok(distance(await pixels(bytes, 4, interpolation), [90, 90, 90]) <= 1);
    }
  });

  test(`transparent pixels become white (${interpolation})`, async () => {
    const half = await plain('rgb(0,0,0)').ensureAlpha(0.5).png().toBuffer();
    assert.ok(distance(await pixels(half, 4, interpolation), [127, 127, 127]) <= 1);
    const none = await plain('rgb(0,0,0)').ensureAlpha(0).webp().toBuffer();
    assert.ok(distance(await pixels(none, 4, interpolation), [255, 255, 255]) <= 1);
  });
}

test('a CMYK image has its printed colours, not inverted ones', async () => {
  const cmyk = await plain('rgb(230,120,40)').toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  // A press cannot print all of sRGB, so the round trip loses some saturation.
  assert.ok(distance(await pixels(cmyk, 4), ORANGE) < 45);
});

test('an image with an EXIF orientation is rotated upright', async () => {
  // Orientation 6: the left half of the stored image is the top of the upright one.
  const bytes = await redBlue().withMetadata({ orientation: 6 }).png().toBuffer();
  const data = await pixels(bytes, 8);
  const at = (x: number, y: number) => [...data.slice((y * 8 + x) * 3, (y * 8 + x) * 3 + 3)];
  assert.deepEqual(
    [at(0, 0), at(7, 0)],
    [
      [255, 0, 0],
      [255, 0, 0],
    ],
  );
  assert.deepEqual(
    [at(0, 7), at(7, 7)],
    [
      [0, 0, 255],
      [0, 0, 255],
    ],
  );
});

test('an animation is decoded to its first frame', async () => {
  const frames = await Promise.all(['#ff0000', '#0000ff'].map((colour) => plain(colour).png().toBuffer()));
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  assert.equal((await sharp(gif, { animated: true }).metadata()).pages, 2);
  assert.ok(distance(await pixels(gif, 8), [255, 0, 0]) <= 2);
});

test('a wide image is squeezed into the square', async () => {
  const data = await pixels(await redBlue(64, 4).png().toBuffer(), 8);
  for (let i = 0; i < 64; i++) assert.equal(data[i * 3], i % 8 < 4 ? 255 : 0);
});

test('each requested size is computed from the same image and has its own memory', async () => {
  const bytes = await redBlue(20, 20).png().toBuffer();
  const { images } = await good(bytes, [20, 8, 20]);
  assert.deepEqual(
    images.map(({ data }) => data.length),
    [1200, 192, 1200],
  );
  assert.deepEqual(images[0], images[2]);
  structuredClone(images[0]!.data, { transfer: [images[0]!.data.buffer as ArrayBuffer] });
  assert.equal(images[2]!.data.length, 1200);
});

test('the pixel hash is the same for an image in another format and differs for another image', async () => {
  const image = () => redBlue(20, 10);
  const png = await good(await image().png().toBuffer());
  assert.match(png.pixels, /^[0-9a-f]{64}$/);
  assert.equal((await good(await image().webp({ lossless: true }).toBuffer())).pixels, png.pixels);
  assert.equal((await good(await image().tiff({ compression: 'lzw' }).toBuffer())).pixels, png.pixels);
  assert.notEqual((await good(await image().flop().png().toBuffer())).pixels, png.pixels);
  const plainOf = async (width: number, height: number) => good(await plain('#888888', width, height).png().toBuffer());
  assert.notEqual((await plainOf(10, 20)).pixels, (await plainOf(20, 10)).pixels);
});

test('width and height are those of the upright image, and the format follows the content', async () => {
  const bytes = await redBlue(20, 10).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  const { width, height, format, traits } = await good(bytes);
  assert.deepEqual({ width, height, format, traits }, { width: 10, height: 20, format: 'jpeg', traits: ['rotated'] });
});

test('a grey image stored as RGB has its own trait', async () => {
  assert.deepEqual((await good(await plain('#777777').png().toBuffer())).traits, ['grey, stored as RGB']);
  assert.deepEqual((await good(await plain('#777778').png().toBuffer())).traits, []);
});

test('decoding in a worker thread gives the same result as in the main thread', async (t) => {
  const dir = await temporaryFolder(t);
  const bytes = await redBlue(30, 20).jpeg().toBuffer();
  const module = new URL('../../../src/data/images/decode.js', import.meta.url).href;
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(${JSON.stringify(module)}).then(async ({ decode }) =>
      parentPort.postMessage(await decode(workerData, { fits: [{ resize: 'stretch', to: 12 }], interpolation: 'bicubic' })));`;
  const worker = new Worker(code, {
    eval: true,
    workerData: new Uint8Array(bytes),
    env: { ...process.env, HOME: dir },
  });
  const there = await new Promise<DecodedImage>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  assert.deepEqual(there, await good(bytes, [12], 'bicubic'));
  await worker.terminate();
});

test('an unreadable file gives the reason', async (t) => {
  const dir = await temporaryFolder(t);
  const reasonOf = async (work: Promise<unknown>) => work.then(() => 'It was read.', readErrorReason);
  assert.equal(await reasonOf(readFile(join(dir, 'gone.jpg'))), 'is gone, or a link that leads nowhere');
  assert.equal(await reasonOf(readFile(dir)), 'is a folder');
  assert.match(readErrorReason(Object.assign(new Error(), { code: 'EACCES' }))!, /permission denied/);
  assert.equal(readErrorReason(Object.assign(new Error(), { code: 'EMFILE' })), 'cannot be read (EMFILE)');
});

test('an error that the file did not cause is not reported as a bad image', async () => {
  assert.equal(readErrorReason(new TypeError('a bug')), undefined);
  const bytes = await plain('#888888').png().toBuffer();
  await assert.rejects(decode(bytes, { fits: [{ resize: 'stretch', to: -1 }], interpolation: 'bicubic' }), RangeError);
});

async function good(
  bytes: Uint8Array,
  sizes: readonly number[] = [8],
  interpolation: 'nearest' | 'bilinear' | 'bicubic' = 'nearest',
): Promise<DecodedImage> {
  const fits = sizes.map((to) => ({ resize: 'stretch', to }) as const);
  const decoded = await decode(bytes, { fits, interpolation });
  assert.ok('images' in decoded, 'reason' in decoded ? decoded.reason : '');
  return decoded;
}

async function pixels(bytes: Uint8Array, size: number, interpolation: 'nearest' | 'bilinear' | 'bicubic' = 'nearest') {
  return (await good(bytes, [size], interpolation)).images[0]!.data;
}

/** The largest difference of any channel of any pixel from a colour. */
function distance(data: Uint8Array, colour: readonly number[]): number {
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - colour[i % 3]!)), 0);
}
