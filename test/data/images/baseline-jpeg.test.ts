import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { decodeBaselineJpeg } from '../../../src/data/images/baseline-jpeg.js';
import { keyedRandom } from '../../../src/support/keyed-random.js';

// Image.save(file, 'JPEG', quality=40, optimize=True, ...) of Pillow 13, with
// subsampling=1
const HALVED =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAVACUDASEAAhEBAxEB/8QAGQAAAgMBAAAAAAAAAAAAAAAABAUAAQID/8QAIBAAAgMAAgMBAQEAAAAAAAAAAQIAAwQRIQUSMRNBUf/EABkBAAIDAQAAAAAAAAAAAAAAAAIDAQQFAP/EACURAAEEAQMCBwAAAAAAAAAAAAEAAgMRBBMhMRJBFCIyNFFhkf/aAAwDAQACEQMRAD8AvdiTOymk8j+xhjsRqeFPwdyvqP1bd6l0uQZ8cNj4HKEDZbrHXO5Zx9ES6Pyq0EsTyDHRx+cyDlHVPbJ+p5l8ya6VVR0JIZhyDuAlOyG2Vj1/VSXf5MeP2rU7oF9geuZJYQaAv7UQtAhfINr7LpXVStrWUEezfQJTUZbCS3qX/wAgyz9GwG6W5rqLAUvsd0cqmckCSMAsXqKn4d3yjc4Fh4b4YwXx9FVZZF4JHcHOldjxjoWu8VIGhBZalqtsKdcwPGofZYTGMYJYXSu5pIPuZGdqC1dosSwqD0JJmaTSqRmcDS//2Q==';
// subsampling=2, restart_marker_blocks=2
const RESTARTS =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAVACUDASIAAhEBAxEB/8QAGQABAAIDAAAAAAAAAAAAAAAAAAQFAQID/8QAIBAAAgMAAgMBAQEAAAAAAAAAAQIAAwQRIQUSMRNBUf/EABcBAQEBAQAAAAAAAAAAAAAAAAIEAAX/xAAkEQABBAIABQUAAAAAAAAAAAABAAIDERIhBAUTQVEiMTSBkf/dAAQAAv/aAAwDAQACEQMRAD8AzuxJnZTSeR/ZYY7EanhT8Hch+v6qS7/Jp4/atTugX2B65g6bg/InaIfJNAczoeO/0ugbLdY653LOPolLo/KrQSxPIMuq6qVtaygj2b6BMNRlsJLepf8AyI9ON2RO1jJRyr1Bf//QkZfMmulVUdCJWWO6OVTOSBEeDTvf6FIeImJvFTc4Fh4b4ZYL4+iqssi8EjuIg5k90UYwNK9+paC//9HrlqWq2wp1zIeNQ+ywmIlETQ/hnPds0g75Ug7UFtdosSwqD0IiJzcG+FAXuv3X/9k=';
// subsampling=0, restart_marker_rows=1
const ROWS =
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wAARCAAVACUDAREAAhEBAxEB/8QAGAAAAwEBAAAAAAAAAAAAAAAAAgQFAQP/xAAgEAACAgEFAQEBAAAAAAAAAAABAgMEAAUREiExE0FR/8QAGQEAAwEBAQAAAAAAAAAAAAAAAgMEBQEA/8QAJhEAAgIBAwQABwAAAAAAAAAAAQIAAxEEEiIFEyExFCMzQUJRYv/dAAQABf/aAAwDAQACEQMRAD8A29SSuymE7j9ye+y1/qiO0nUKhkA+ZQpyI0Oynwd56iw/jI9V3rGzYPEUDVZpHWu5Zx6MKxBYeUrKi2sK0i2PlFYJYncHKa62qHiBp91LHd6lyrrJjhVVHQzhqvY5AgvqE3T/0OvH6qS7+YbV7f6kSVi5hgbYGn3Vid0C8get85tLelxNPXcEUKd06RxQrK0kBHJvQMN7Ag5LI2Vq1DZmNBVkJLcS/wDMmfVH7QbVexfeJPkd0cqlckDHryGe5iSfDt+5/9Eq4Eh2bw5o7BWMrH2qKxxlBdPgijLIuxI7zC1WttRsAxNXuJVYlilkKdb5dS5vUb4jq3ylUrE6ah7khOU6vT11VgqI4cqQTCmsSJIVB6GY/bU+ZA1rA4E//9k=';

/** What libvips decodes, with the samples as they are; undefined where it refuses the file. */
async function byLibvips(bytes: Uint8Array, channels: number) {
  try {
    const image = sharp(bytes, { failOn: 'error', ignoreIcc: true }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height, channels: info.channels };
  } catch {
    return undefined;
  }
}

/** @returns whether it was decoded here at all */
async function compare(bytes: Uint8Array, what: string): Promise<boolean> {
  const own = decodeBaselineJpeg(bytes);
  if (own === undefined) return false;
  const { data, ...size } = own;
  const wanted = await byLibvips(bytes, own.channels);
  assert.ok(wanted !== undefined, `${what}: libvips refuses it`);
  assert.deepEqual({ ...size, data: Buffer.compare(data, wanted.data) }, { ...wanted, data: 0 }, what);
  return true;
}

interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly quality: number;
  readonly chromaSubsampling: '4:2:0' | '4:4:4';
  readonly optimiseCoding: boolean;
  readonly channels: 1 | 3;
  /** Pixels of the noise that it is enlarged from. */
  readonly coarse: number;
}

function drawn(name: string, i: number): Drawn & { readonly raw: Uint8Array } {
  const random = keyedRandom(name, i);
  const [width, height] = [5 + random.int(80), 1 + random.int(80)];
  const channels = random.int(5) === 0 ? 1 : 3;
  const coarse = 1 + random.int(6);
  const small = Math.ceil(width / coarse) * Math.ceil(height / coarse) * channels;
  return {
    ...{ width, height, channels, coarse, quality: 1 + random.int(100), optimiseCoding: random.int(2) === 0 },
    chromaSubsampling: random.int(2) === 0 ? '4:2:0' : '4:4:4',
    raw: Uint8Array.from({ length: small }, () => random.int(256)),
  };
}

function encoded({ raw, width, height, channels, coarse, ...options }: ReturnType<typeof drawn>): Promise<Buffer> {
  const size = { width: Math.ceil(width / coarse), height: Math.ceil(height / coarse), channels };
  const image = sharp(raw, { raw: size }).resize(width, height, { fit: 'fill' });
  return (channels === 1 ? image.toColourspace('b-w') : image).jpeg(options).toBuffer();
}

test('baseline JPEGs of any size, quality, sampling and code are decoded as libvips does, bit for bit', async () => {
  for (let i = 0; i < 200; i++) {
    const one = drawn('baseline', i);
    const what = JSON.stringify({ ...one, raw: undefined });
    assert.ok(await compare(await encoded(one), what), what);
  }
});

describe('of Pillow’s JPEGs, libvips’ bits come from', () => {
  const saved = {
    'halved colours': HALVED,
    'a restart after each two blocks': RESTARTS,
    'a restart after each row': ROWS,
  };
  for (const [what, base64] of Object.entries(saved)) {
    test(`one with ${what}`, async () => {
      assert.ok(await compare(Buffer.from(base64, 'base64'), what));
    });
  }
});

test('a damaged or cut off JPEG is left to libvips, or decoded to the same bits', async () => {
  let decoded = 0;
  for (let i = 0; i < 300; i++) {
    const random = keyedRandom('damaged', i);
    const whole = await encoded({ ...drawn('base', i % 8), quality: 60 });
    const damaged = i % 4 === 0 ? whole.subarray(0, random.int(whole.length)) : Buffer.from(whole);
    for (let k = random.int(3); k >= 0 && i % 4 > 0; k--) damaged[random.int(damaged.length)] = random.int(256);
    if (await compare(damaged, `damaged ${i}`)) decoded++;
  }
  assert.ok(decoded > 0, 'none of them shows anything');
});

test('a JPEG that ends before its last block is left to libvips', async () => {
  const whole = await encoded(drawn('base', 1));
  assert.ok(decodeBaselineJpeg(whole));
  assert.equal(decodeBaselineJpeg(whole.subarray(0, whole.length - 12)), undefined);
});

test('other kinds of JPEG are left to libvips', async () => {
  const blank = sharp({ create: { width: 40, height: 30, channels: 3, background: '#a40' } });
  assert.ok(decodeBaselineJpeg(await blank.clone().jpeg().toBuffer()));
  assert.equal(decodeBaselineJpeg(await blank.clone().jpeg({ progressive: true }).toBuffer()), undefined);
  assert.equal(decodeBaselineJpeg(await blank.clone().toColourspace('cmyk').jpeg().toBuffer()), undefined);
  assert.equal(decodeBaselineJpeg(await blank.clone().png().toBuffer()), undefined);
});
