import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decode } from '../../../src/data/images/decode.js';
import { decodeErrorOf } from '../../../src/data/images/decode-error.js';
import { NAMES, image } from './fixtures.js';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const isoMedia = (brand: string) => ascii(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mp42`);
const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

test('a file that is not an image is refused with its kind', async () => {
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(0), /^is empty \(0 bytes\)$/],
    [Buffer.from([0xff, 0xd8]), /^is cut off: the file ends too early$/],
    [ascii('not an image at all'), /^is not an image: it is text$/],
    [ascii('\n<!DOCTYPE html><html></html>'), /^is not an image: it is a web page \(HTML\)$/],
    [ascii('<html><body>404 Not Found</body></html>'), /^is not an image: it is a web page \(HTML\)$/],
    [ascii('version https://git-lfs.github.com/spec/v1\noid'), /^is not an image: it is a pointer to one \(Git LFS/],
    [ascii('{"error": 403}'), /^is not an image: it is text$/],
    [ascii('PK\x03\x04\x14\0\0\0'), /^is not an image: it is an archive$/],
    [Buffer.alloc(500), /^is not an image, or of a kind that is not supported$/],
  ];
  for (const [bytes, expected] of cases) assert.match(await reason(bytes), expected);
});

test('images of unsupported kinds are refused with their kinds', async () => {
  const cases: [Buffer, string][] = [
    [isoMedia('heic'), 'a HEIC image'],
    [isoMedia('crx '), 'a raw camera file'],
    [isoMedia('isom'), 'a video'],
    [isoMedia('qt  '), 'a video'],
    [ascii('\0\0\0\x0cjP  \r\n\x87\n'), 'a JPEG 2000 image'],
    [ascii('\xff\x4f\xff\x51\0'), 'a JPEG 2000 image'],
    [ascii('\xff\x0a\0\0'), 'a JPEG XL image'],
    [ascii('\0\0\0\x0cJXL \r\n\x87\n'), 'a JPEG XL image'],
    [ascii('8BPS\0\x01'), 'a Photoshop document'],
    [ascii('II*\0\x10\0\0\0CR\x02\0'), 'a raw camera file'],
    [ascii('FUJIFILMCCD-RAW 0201'), 'a raw camera file'],
    [ascii('II\xbc\x01\x20\0\0\0'), 'a JPEG XR image'],
    [ascii('%PDF-1.7'), 'a PDF document'],
    [ascii('%!PS-Adobe-3.0'), 'a PostScript document'],
    [ascii('v/1\x01\x02\0\0\0'), 'an OpenEXR image'],
    [ascii('#?RADIANCE\n'), 'a Radiance HDR image'],
    [ascii('qoif\0\0\0\x08\0\0\0\x08\x03\0'), 'a QOI image'],
    [ascii('\0\0\x01\0\x01\0\x10\x10\0\0'), 'an icon file'],
    [ascii('\0\0\x02\0\0\0\0\0\0\0\0\0\x08\0\x08\0\x18\0'), 'a TGA image'],
    [ascii('\0\x01\x09\0\0\0\x01\x18\0\0\0\0\x08\0\x08\0\x08\x20'), 'a TGA image'],
    [ascii(`${'\0'.repeat(128)}DICM\x02\0`), 'a DICOM file'],
    [ascii('SIMPLE  =                    T'), 'a FITS file'],
    [ascii(`\x5c\x01\0\0${'\0'.repeat(340)}n+1\0`), 'a NIfTI volume'],
    [ascii('NRRD0004\n'), 'an NRRD volume'],
    [ascii('\x89HDF\r\n\x1a\n'), 'an HDF5 file'],
    [ascii('\x93NUMPY\x01\0'), 'a NumPy array'],
    [ascii('\x1a\x45\xdf\xa3\0'), 'a video'],
    [ascii('RIFF\0\0\0\0AVI LIST'), 'a video'],
    [ascii('\x89PNG\r\n\x1a\n\0\0\0\x04CgBI'), 'a PNG optimised for iOS (CgBI)'],
    [ascii('\xff\xd8\xff\xf7\0\x0b\x08'), 'a JPEG-LS image'],
  ];
  for (const [bytes, name] of cases) {
    const convertible = /DICOM|NumPy|video/.test(name);
    const cure = convertible ? 'docs/data.md has a program that converts it' : 'convert it to JPEG or PNG';
    assert.equal(await reason(bytes), `is not supported: ${name} (${cure})`);
  }
  assert.match(await reason(image('lab.tiff')), /^is not supported: Lab colours in a TIFF/);
});

test('a JPEG of an unsupported process is refused as such, not as damaged', async () => {
  // The frame's marker and its bits per channel.
  const patched = async (marker: number, bits: number) => {
    const jpeg = Buffer.from(image('grey.jpg'));
    const at = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    jpeg[at + 1] = marker;
    jpeg[at + 4] = bits;
    return reason(jpeg);
  };
  const refused = (what: string) => `is not supported: ${what} (convert it to JPEG or PNG)`;
  assert.equal(await patched(0xc3, 8), refused('a lossless JPEG'));
  assert.equal(await patched(0xc1, 12), refused('12 bits a channel in a JPEG'));
  assert.equal(await patched(0xc5, 8), refused('a differential JPEG'));
  assert.equal(await patched(0xf7, 8), refused('a JPEG-LS image'));
});

test('no supported kind is recognised as another', async () => {
  for (const name of NAMES.filter((name) => name !== 'lab.tiff')) {
    const decoded = await decode(image(name), { fits: [{ resize: 'stretch', to: 8 }], interpolation: 'nearest' });
    assert.ok('images' in decoded, `${name} ${'reason' in decoded ? decoded.reason : ''}`);
  }
});

test('a decoder’s error about a missing feature is not reported as damage', () => {
  const reasonFor = (message: string) => decodeErrorOf(new Error(message)).message;
  assert.equal(reasonFor('Unknown error'), 'cannot be decoded, and the decoder does not say why');
  assert.match(
    reasonFor('tiff2vips: XYZ compression support is not configured'),
    /^is not supported: .*XYZ compression/,
  );
  assert.match(reasonFor('Compression scheme 7777 tile decoding is not implemented'), /^is not supported: /);
  assert.match(reasonFor('VipsJpeg: Invalid SOS parameters'), /^is damaged or cut off \(VipsJpeg/);
});

test('a truncated file of any kind is reported as cut off', async () => {
  const whole = [
    'rgb-text.ppm',
    'rle8.bmp',
    '24-bit.bmp',
    '16-bit.ppm',
    'rgba.png',
    'alpha.webp',
    'plain.gif',
    'lzw.tiff',
  ];
  for (const name of whole) assert.equal(await reason(half(image(name))), 'is cut off: the file ends too early', name);
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256));
  const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  assert.equal(await reason(half(jpeg)), 'is cut off: the file ends too early');
});

test('a damaged file is refused or decoded, but never throws as a bug', async () => {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
  for (const name of NAMES) {
    for (let i = 0; i < 3; i++) {
      const bytes = Buffer.from(image(name));
      for (let k = 0; k < 3; k++) bytes[random(bytes.length)] = random(256);
      const decoded = await decode(bytes, { fits: [{ resize: 'stretch', to: 4 }], interpolation: 'bicubic' });
      assert.ok('reason' in decoded || decoded.images[0]!.data.length === 48, name);
    }
  }
});

test('a decompression bomb is refused by its header, before memory is allocated', async () => {
  const png = Buffer.from(image('rgb.png'));
  png.writeUInt32BE(60000, 16);
  png.writeUInt32BE(60000, 20);
  const bmp = Buffer.from(image('24-bit.bmp'));
  bmp.writeInt32LE(30000, 18);
  bmp.writeInt32LE(30000, 22);
  const jpeg = Buffer.from(image('plain.jpg'));
  jpeg.writeUInt32BE(0xffffffff, jpeg.indexOf(Buffer.from([0xff, 0xc0])) + 5);
  const before = process.memoryUsage().rss;
  assert.equal(await reason(png), 'is larger than 178 million pixels (60000 x 60000)');
  assert.equal(await reason(bmp), 'is larger than 178 million pixels (30000 x 30000)');
  assert.equal(await reason(jpeg), 'is larger than 178 million pixels (65535 x 65535)');
  assert.equal(await reason(ascii('P6 20000 20000 255\n')), 'is larger than 178 million pixels (20000 x 20000)');
  const drawn = '<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>';
  assert.equal(await reason(ascii(drawn)), 'is larger than 178 million pixels');
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

test('a header that declares more pixels than the file has allocates no memory for them', async () => {
  const before = process.memoryUsage().rss;
  assert.equal(await reason(ascii('P6 13000 13000 255\nabc')), 'is cut off: the file ends too early');
  const bmp = Buffer.from(image('24-bit.bmp'));
  bmp.writeInt32LE(13000, 18);
  bmp.writeInt32LE(13000, 22);
  assert.equal(await reason(bmp), 'is cut off: the file ends too early');
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

async function reason(bytes: Uint8Array): Promise<string> {
  const decoded = await decode(bytes, { fits: [{ resize: 'stretch', to: 8 }], interpolation: 'nearest' });
  assert.ok('reason' in decoded, 'It was decoded.');
  return decoded.reason;
}
