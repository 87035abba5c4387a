import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decode } from '../../../src/data/pictures/decode.js';
import { plain, redBlue, temporaryFolder } from '../rig.js';

const ORANGE = [230, 120, 40];

for (const interpolation of ['nearest', 'bilinear', 'bicubic'] as const) {
  test(`every kind of file that holds the same colour gives the same pixels (${interpolation})`, async () => {
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

  test(`a grey picture gets three equal channels, whatever its depth (${interpolation})`, async () => {
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

  test(`what is transparent is white (${interpolation})`, async () => {
    const half = await plain('rgb(0,0,0)').ensureAlpha(0.5).png().toBuffer();
    assert.ok(distance(await pixels(half, 4, interpolation), [127, 127, 127]) <= 1);
    const none = await plain('rgb(0,0,0)').ensureAlpha(0).webp().toBuffer();
    assert.ok(distance(await pixels(none, 4, interpolation), [255, 255, 255]) <= 1);
  });
}

test('a CMYK picture looks as it is printed, not inverted', async () => {
  const cmyk = await plain('rgb(230,120,40)').toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  // A press cannot print all of sRGB, so the way there and back costs some saturation.
  assert.ok(distance(await pixels(cmyk, 4), ORANGE) < 45);
});

test('a picture taken with the camera on its side is put upright', async () => {
  // Orientation 6: the camera was turned, so the left half of what is stored is the top of what was seen.
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

test('an animation gives its first frame', async () => {
  const frames = await Promise.all(['#ff0000', '#0000ff'].map((colour) => plain(colour).png().toBuffer()));
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  assert.equal((await sharp(gif, { animated: true }).metadata()).pages, 2);
  assert.ok(distance(await pixels(gif, 8), [255, 0, 0]) <= 2);
});

test('the aspect ratio is not kept: a wide picture is squeezed into the square', async () => {
  const data = await pixels(await redBlue(64, 4).png().toBuffer(), 8);
  for (let i = 0; i < 64; i++) assert.equal(data[i * 3], i % 8 < 4 ? 255 : 0);
});

test('a bad picture is refused with its reason in plain words', async () => {
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256));
  const picture = () => sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);
  const huge = '<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>';
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.alloc(0), /^is empty \(0 bytes\)$/],
    [Buffer.from('not a picture at all'), /^is not a picture/],
    [Buffer.alloc(500), /^is not a picture/],
    [half(await picture().jpeg().toBuffer()), /^is cut off/],
    [half(await picture().gif().toBuffer()), /^is cut off/],
    [half(await picture().png().toBuffer()), /cut off/],
    [half(await picture().webp().toBuffer()), /cut off/],
    [Buffer.from(huge), /^is larger than 100 million pixels$/],
  ];
  for (const [bytes, expected] of cases) assert.match(await reason(() => Promise.resolve(bytes)), expected);
});

test('a file that cannot be read is refused with its reason', async (t) => {
  const dir = await temporaryFolder(t);
  assert.match(await reason(() => readFile(join(dir, 'gone.jpg'))), /^is gone, or a link that leads nowhere$/);
  assert.match(await reason(() => readFile(dir)), /^is a folder$/);
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  assert.match(await reason(() => Promise.reject(denied)), /permission denied/);
});

test('an error that is not of the file’s making is not taken for a bad picture', async () => {
  await assert.rejects(
    decode(() => Promise.reject(new TypeError('a bug')), 8, 'nearest'),
    TypeError,
  );
});

async function pixels(bytes: Uint8Array, size: number, interpolation: 'nearest' | 'bilinear' | 'bicubic' = 'nearest') {
  const decoded = await decode(() => Promise.resolve(bytes), size, interpolation);
  assert.ok('data' in decoded, 'reason' in decoded ? decoded.reason : '');
  return decoded.data;
}

async function reason(read: () => Promise<Uint8Array>): Promise<string> {
  const decoded = await decode(read, 8, 'nearest');
  assert.ok('reason' in decoded);
  return decoded.reason;
}

/** The largest difference of any pixel's channel from a colour. */
function distance(data: Uint8Array, colour: readonly number[]): number {
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - colour[i % 3]!)), 0);
}
