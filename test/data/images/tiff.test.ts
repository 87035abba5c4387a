import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeRgb } from '../../../src/data/images/decode-rgb.js';
import { pixelCountOf } from '../../../src/data/images/image-size.js';
import { DecodeError } from '../../../src/data/images/decode-error.js';
import { half, tiff, type TiffOptions } from './tiff.js';

const [WIDTH, HEIGHT] = [6, 4];
const PIXELS = WIDTH * HEIGHT;
/** All pixels differ, and none is black, white or grey. */
const RGB = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => (i % 3 === 0 ? 20 : i % 3 === 1 ? 90 : 160) + i);
const GREY = Uint8Array.from({ length: PIXELS }, (_, i) => 20 + i * 9);
const GREY_AS_RGB = Uint8Array.from({ length: PIXELS * 3 }, (_, i) => GREY[Math.floor(i / 3)]!);

/** The colours with an extra channel of this value. */
function withChannel(colours: Uint8Array, channels: number, value: number): Uint8Array {
  return Uint8Array.from({ length: PIXELS * (channels + 1) }, (_, i) => {
    const channel = i % (channels + 1);
    return channel === channels ? value : colours[Math.floor(i / (channels + 1)) * channels + channel]!;
  });
}

const to16 = (data: Uint8Array) => Uint16Array.from(data, (value) => value * 257);
const toFloat = (data: Uint8Array) => Float32Array.from(data, (value) => value / 255);
const toHalf = (data: Uint8Array) => Uint16Array.from(data, (value) => half(value / 255));

function file(options: Omit<TiffOptions, 'width' | 'height'>): Buffer {
  return tiff({ width: WIDTH, height: HEIGHT, ...options });
}

async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    const { data } = await decodeRgb(bytes);
    return `It was decoded: ${data.slice(0, 6).join()}`;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return error.message;
  }
}

describe('an extra channel that the file leaves unspecified does not change the colours', () => {
  const data = withChannel(RGB, 3, 40);
  const unexplained = { samples: 4, extraSamples: [0] };
  const cases: Record<string, Buffer> = {
    '8 bits': file({ data, ...unexplained }),
    '16 bits': file({ data: to16(data), bits: 16, ...unexplained }),
    '32 bits floating-point': file({ data: toFloat(data), bits: 32, sampleFormat: 3, ...unexplained }),
    '16 bits floating-point': file({ data: toHalf(data), bits: 16, sampleFormat: 3, ...unexplained }),
    'big-endian': file({ data: to16(data), bits: 16, bigEndian: true, ...unexplained }),
    BigTIFF: file({ data, bigTiff: true, ...unexplained }),
    'big-endian BigTIFF': file({ data, bigTiff: true, bigEndian: true, ...unexplained }),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    test(name, async () => {
      const decoded = await decodeRgb(bytes);
      assert.deepEqual([...decoded.data], [...RGB]);
      assert.ok(decoded.traits.includes('extra channel left out'), decoded.traits.join());
      assert.ok(!decoded.traits.includes('transparent'));
    });
  }

  test('of a grey image', async () => {
    const grey = withChannel(GREY, 1, 40);
    for (const bytes of [
      file({ data: grey, samples: 2, extraSamples: [0] }),
      file({ data: to16(grey), bits: 16, samples: 2, extraSamples: [0] }),
      file({ data: toFloat(grey), bits: 32, sampleFormat: 3, samples: 2, extraSamples: [0] }),
    ]) {
      const decoded = await decodeRgb(bytes);
      assert.deepEqual([...decoded.data], [...GREY_AS_RGB]);
      assert.ok(decoded.traits.includes('extra channel left out'), decoded.traits.join());
    }
  });

  test('or their range', async () => {
    const data = Float32Array.from(toFloat(withChannel(RGB, 3, 255)), (value, i) => (i % 4 === 3 ? 5000 : value));
    const bytes = file({ data, bits: 32, sampleFormat: 3, samples: 4, extraSamples: [0] });
    assert.deepEqual([...(await decodeRgb(bytes)).data], [...RGB]);
  });
});

describe('an extra channel that the file declares as alpha is blended over white', () => {
  const alpha = 102; // 0.4
  const seen = (data: Uint8Array) => [...data].map((value) => value * 0.4 + 255 * 0.6);
  const near = (found: Uint8Array, expected: readonly number[]) =>
    found.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= 1.5, `${i}: ${value} for ${expected[i]}`));

  test('if it is straight (2), in 8 and 16 bits and floating-point', async () => {
    const data = withChannel(RGB, 3, alpha);
    for (const bytes of [
      file({ data, samples: 4, extraSamples: [2] }),
      file({ data: to16(data), bits: 16, samples: 4, extraSamples: [2] }),
      file({ data: toFloat(data), bits: 32, sampleFormat: 3, samples: 4, extraSamples: [2] }),
    ]) {
      const decoded = await decodeRgb(bytes);
      near(decoded.data, seen(RGB));
      assert.ok(decoded.traits.includes('transparent'));
    }
  });

  test('if it is premultiplied (1)', async () => {
    const data = withChannel(
      Uint8Array.from(RGB, (value) => Math.round(value * 0.4)),
      3,
      alpha,
    );
    near((await decodeRgb(file({ data, samples: 4, extraSamples: [1] }))).data, seen(RGB));
    near((await decodeRgb(file({ data: to16(data), bits: 16, samples: 4, extraSamples: [1] }))).data, seen(RGB));
  });

  test('if the file does not declare its fourth channel at all, as in libtiff and Pillow', async () => {
    near((await decodeRgb(file({ data: withChannel(RGB, 3, alpha), samples: 4 }))).data, seen(RGB));
  });

  test('if it goes to 1 beside floating-point colours to 255', async () => {
    const data = Float32Array.from(withChannel(RGB, 3, 0), (value, i) => (i % 4 === 3 ? 0.4 : value));
    near((await decodeRgb(file({ data, bits: 32, sampleFormat: 3, samples: 4, extraSamples: [2] }))).data, seen(RGB));
  });
});

test('a 16-bit floating-point TIFF is decoded if it is RGB and refused if it is grey', async () => {
  const options = { bits: 16, sampleFormat: 3 };
  assert.deepEqual([...(await decodeRgb(file({ data: toHalf(RGB), ...options }))).data], [...RGB]);
  for (const more of [{ samples: 1 }, { samples: 1, photometric: 0 }, { samples: 2, extraSamples: [2] }]) {
    const data = toHalf(more.samples === 1 ? GREY : withChannel(GREY, 1, 255));
    assert.match(
      await refusal(file({ data, ...options, ...more })),
      /^is not supported: 16-bit floating-point grey in a TIFF \(/,
    );
  }
});

test('a TIFF with unsupported values, colours or channels is refused, and the reason names them', async () => {
  const [one, wide] = [GREY, new Uint8Array(PIXELS * 64)];
  const cases: [Omit<TiffOptions, 'width' | 'height'>, string][] = [
    [{ data: one, samples: 1, sampleFormat: 2 }, 'signed 8-bit numbers'],
    [{ data: to16(one), samples: 1, bits: 16, sampleFormat: 2 }, 'signed 16-bit numbers'],
    [{ data: wide, samples: 3, bits: 32, sampleFormat: 2 }, 'signed 32-bit numbers'],
    [{ data: wide, samples: 1, bits: 32 }, '32-bit numbers'],
    [{ data: wide, samples: 1, bits: 64 }, '64-bit numbers'],
    [{ data: wide, samples: 1, bits: 64, sampleFormat: 3 }, '64-bit floating-point numbers'],
    [{ data: wide, samples: 3, bits: 24, sampleFormat: 3 }, '24-bit floating-point numbers'],
    [{ data: wide, samples: 1, bits: 64, sampleFormat: 6 }, 'complex numbers'],
    [{ data: wide, samples: 1, bits: 32, sampleFormat: 5 }, 'complex numbers'],
    [{ data: wide, samples: 1, bits: 12 }, '12 bits a channel'],
    [{ data: wide, samples: 3, bits: 12 }, '12 bits a channel'],
    [{ data: wide, samples: 3, bits: 4 }, '4 bits a channel'],
    [{ data: wide, samples: 4, bits: 16, photometric: 5 }, '16-bit CMYK'],
    [{ data: wide, samples: 5, photometric: 5, extraSamples: [2] }, '5 channels (CMYK and 1 more)'],
    [{ data: wide, samples: 5, extraSamples: [0, 0] }, '5 channels (RGB and 2 more)'],
    [{ data: wide, samples: 5, extraSamples: [2, 0] }, '5 channels (RGB and 2 more)'],
    [{ data: wide, samples: 8, bits: 16, extraSamples: [0, 0, 0, 0, 0] }, '8 channels (RGB and 5 more)'],
    [{ data: wide, samples: 4, photometric: 1, extraSamples: [0, 0, 0] }, '4 channels (grey and 3 more)'],
    [{ data: wide, samples: 3, photometric: 1, extraSamples: [0, 0] }, '3 channels (grey and 2 more)'],
    [{ data: wide, samples: 3, photometric: 9 }, 'ICC Lab colours'],
    [{ data: wide, samples: 1, photometric: 4 }, 'a mask'],
    [{ data: wide, samples: 1, photometric: 999 }, 'colours of kind 999'],
  ];
  for (const [options, what] of cases) {
    const expected = `is not supported: ${what} in a TIFF (convert it to 8 bits a channel, grey or RGB)`;
    for (const bigEndian of [false, true]) {
      for (const bigTiff of [false, true]) {
        assert.equal(await refusal(file({ ...options, bigEndian, bigTiff })), expected);
      }
    }
  }
});

test('a TIFF of an unsupported compression, in strips or tiles, is refused with the compression’s name', async () => {
  const names: Record<number, string> = {
    6: 'old-style JPEG compression',
    33003: 'JPEG 2000 compression',
    34661: 'JBIG compression',
    34712: 'JPEG 2000 compression',
    34887: 'LERC compression',
    34925: 'LZMA compression',
    34934: 'JPEG XR compression',
    50000: 'ZSTD compression',
    50002: 'JPEG XL compression',
    65001: 'compression 65001',
  };
  for (const [compression, name] of Object.entries(names)) {
    for (const tiled of [false, true]) {
      // libvips makes such tiles black.
      const data = new Uint8Array(16 * 16 * 3).fill(77);
      const bytes = tiff({ width: 16, height: 16, data, compression: Number(compression), tiled });
      const expected = `is not supported: ${name} (save the TIFF with LZW or Deflate compression, or as PNG)`;
      assert.equal(await refusal(bytes), expected);
    }
  }
});

test('a TIFF with a damaged or missing tile is refused, not decoded to black', async () => {
  const data = new Uint8Array(16 * 16 * 3).fill(77);
  const whole = tiff({ width: 16, height: 16, data, tiled: true });
  assert.deepEqual([...(await decodeRgb(whole)).data.slice(0, 3)], [77, 77, 77]);
  const short = tiff({ width: 16, height: 16, data, tiled: true, more: { 65000: 1 } });
  // The tile starts near the end of the file.
  const at = short.indexOf(Buffer.from([0x44, 0x01]));
  short.writeUInt32LE(short.length - 100, at + 8);
  assert.match(await refusal(short), /^is (cut off|damaged or cut off)/);
  const deflated = tiff({ width: 16, height: 16, data, tiled: true, compression: 8 });
  assert.match(await refusal(deflated), /^is damaged or cut off/);
});

test('a TIFF with an unknown tag is decoded, in tiles and in strips', async () => {
  for (const tiled of [false, true]) {
    const data = new Uint8Array(16 * 16 * 3).fill(77);
    const { data: rgb } = await decodeRgb(tiff({ width: 16, height: 16, data, tiled, more: { 65000: 7 } }));
    assert.deepEqual([...rgb.slice(0, 3)], [77, 77, 77]);
  }
});

test('a camera’s raw file is refused, although its first page is a readable preview', async () => {
  const preview = { data: RGB };
  assert.deepEqual([...(await decodeRgb(file(preview))).data], [...RGB]);
  const raw = 'is not supported: a raw camera file (convert it to JPEG or PNG)';
  // DNG; NEF, ARW and others; a page of sensor data.
  assert.equal(await refusal(file({ ...preview, more: { 50706: 0x0401 } })), raw);
  assert.equal(await refusal(file({ ...preview, more: { 254: 1, 330: 8 } })), raw);
  assert.equal(await refusal(file({ data: to16(GREY), bits: 16, samples: 1, photometric: 32803 })), raw);
  // A preview without a full image, and a page with smaller copies of itself, are images.
  assert.deepEqual([...(await decodeRgb(file({ ...preview, more: { 254: 1 } }))).data], [...RGB]);
});

test('the number of pixels is read from the header of a TIFF in both byte orders, and of a BigTIFF', () => {
  for (const bigEndian of [false, true]) {
    for (const bigTiff of [false, true]) {
      const bytes = tiff({ width: 300, height: 5, data: new Uint8Array(3), bigEndian, bigTiff });
      assert.equal(pixelCountOf(bytes), 1500);
    }
  }
  assert.equal(pixelCountOf(tiff({ width: 300, height: 5, data: new Uint8Array(3) }).subarray(0, 20)), undefined);
});

test('a BigTIFF bomb is refused by its header, before memory is allocated', async () => {
  const bytes = tiff({ width: 60000, height: 60000, data: new Uint8Array(3), bigTiff: true });
  assert.equal(await refusal(bytes), 'is larger than 178 million pixels (60000 x 60000)');
});
