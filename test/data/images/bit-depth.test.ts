import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeRgb } from '../../../src/data/images/decode-rgb.js';
import { tiff } from './tiff.js';

const [WIDTH, HEIGHT] = [8, 4];

/** A 16-bit grey PNG, a gradient from `least` to `most`. */
function png16(least: number, most: number): Promise<Buffer> {
  const values = Uint16Array.from(
    { length: WIDTH * HEIGHT },
    (_, i) => least + ((most - least) * i) / (WIDTH * HEIGHT - 1),
  );
  return sharp(values, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
}

function floats(values: readonly number[]): Buffer {
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => values[i % values.length]!);
  return tiff({ width: WIDTH, height: HEIGHT, data, bits: 32, samples: 1, sampleFormat: 3 });
}

function pgm(white: number, ...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => data.writeUInt16BE(value, i * 2));
  return Buffer.concat([Buffer.from(`P5 ${values.length} 1 ${white}\n`), data]);
}

/** The range and its trait. */
async function found(bytes: Uint8Array) {
  const { range, traits } = await decodeRgb(bytes);
  return [
    range && [range.least, range.most, range.white],
    traits.filter((trait) => /black|clipped/.test(trait)).join(),
  ];
}

test('a 16-bit file whose values end far below white is noted as nearly black, with its range', async () => {
  assert.deepEqual(await found(await png16(0, 4095)), [[0, 4095, 65535], 'nearly black']);
  assert.deepEqual(await found(await png16(3, 16383)), [[3, 16383, 65535], 'nearly black']);
  assert.deepEqual(await found(await png16(0, 16384)), [[0, 16384, 65535], '']);
  assert.deepEqual(await found(await png16(5, 65535)), [[5, 65535, 65535], '']);
  assert.deepEqual(await found(await png16(0, 0)), [[0, 0, 65535], '']);
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 40) % 4000);
  assert.deepEqual((await found(tiff({ width: WIDTH, height: HEIGHT, data, bits: 16 })))[1], 'nearly black');
});

test('the alpha channel does not count in the range', async () => {
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * 2 }, (_, i) => (i % 2 === 1 ? 65535 : 4095));
  const bytes = tiff({ width: WIDTH, height: HEIGHT, data, bits: 16, samples: 2, extraSamples: [2] });
  assert.deepEqual(await found(bytes), [[4095, 4095, 65535], 'nearly black']);
});

test('a PGM or PPM defines white in its header', async () => {
  assert.deepEqual(await found(pgm(4095, 0, 4095)), [[0, 4095, 4095], '']);
  assert.deepEqual(await found(pgm(65535, 9, 4095)), [[9, 4095, 65535], 'nearly black']);
});

test('floating-point values beyond black and white are clipped, and noted as clipped', async () => {
  assert.deepEqual(await found(floats([-1, 0, 1])), [[-1, 1, 1], 'clipped']);
  assert.deepEqual(await found(floats([0, 4095])), [[0, 4095, 255], 'clipped']);
  assert.deepEqual(await found(floats([0, 0.125])), [[0, 0.125, 1], 'nearly black']);
  assert.deepEqual(await found(floats([0, 12])), [[0, 12, 255], 'nearly black']);
  assert.deepEqual(await found(floats([0, 0.5, 1])), [[0, 1, 1], '']);
  assert.deepEqual(await found(floats([0, 255])), [[0, 255, 255], '']);
});

test('infinity and NaN do not make other pixels black', async () => {
  const { data, range } = await decodeRgb(floats([0, 0.5, Infinity, NaN, -Infinity, 1]));
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5].map((i) => data[i * 3]),
    [0, 128, 255, 0, 0, 255],
  );
  assert.deepEqual(range, { least: 0, most: 1, white: 1 });
});

test('an 8-bit image has no range', async () => {
  assert.deepEqual(await found(pgm(255, 0).fill('P5 1 1 255\n\x07', 0, 12, 'latin1').subarray(0, 12)), [undefined, '']);
});
