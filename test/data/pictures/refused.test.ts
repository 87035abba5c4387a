import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decode } from '../../../src/data/pictures/decode.js';
import { NAMES, picture } from './fixtures.js';

const ascii = (text: string) => Buffer.from(text, 'latin1');
const isoMedia = (brand: string) => ascii(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mp42`);
const half = (bytes: Buffer) => bytes.subarray(0, bytes.length / 2);

test('what is no picture is refused by what it is', async () => {
  const cases: [Buffer, RegExp][] = [
    [Buffer.alloc(0), /^is empty \(0 bytes\)$/],
    [Buffer.from([0xff, 0xd8]), /^is cut off: the file ends too early$/],
    [ascii('not a picture at all'), /^is not a picture: it is text$/],
    [ascii('\n<!DOCTYPE html><html></html>'), /^is not a picture: it is a web page \(HTML\)$/],
    [ascii('<html><body>404 Not Found</body></html>'), /^is not a picture: it is a web page \(HTML\)$/],
    [ascii('PK\x03\x04\x14\0\0\0'), /^is not a picture: it is an archive$/],
    [Buffer.alloc(500), /^is not a picture, or of a kind that cannot be read$/],
  ];
  for (const [bytes, expected] of cases) assert.match(await reason(bytes), expected);
});

test('kinds that cannot be read are refused by their names', async () => {
  const cases: [Buffer, string][] = [
    [isoMedia('heic'), 'a HEIC picture'],
    [isoMedia('crx '), 'a raw camera file'],
    [isoMedia('isom'), 'a video'],
    [ascii('\0\0\0\x0cjP  \r\n\x87\n'), 'a JPEG 2000 picture'],
    [ascii('\xff\x4f\xff\x51\0'), 'a JPEG 2000 picture'],
    [ascii('\xff\x0a\0\0'), 'a JPEG XL picture'],
    [ascii('\0\0\0\x0cJXL \r\n\x87\n'), 'a JPEG XL picture'],
    [ascii('8BPS\0\x01'), 'a Photoshop document'],
    [ascii('II*\0\x10\0\0\0CR\x02\0'), 'a raw camera file'],
    [ascii('FUJIFILMCCD-RAW 0201'), 'a raw camera file'],
    [ascii('%PDF-1.7'), 'a PDF document'],
  ];
  for (const [bytes, name] of cases) {
    assert.equal(await reason(bytes), `is ${name}, which cannot be read: convert it to JPEG or PNG`);
  }
  assert.match(await reason(picture('lab.tiff')), /^is a TIFF picture in Lab colours, which cannot be read/);
});

test('a file that ends too early is cut off, whatever its kind', async () => {
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
  for (const name of whole)
    assert.equal(await reason(half(picture(name))), 'is cut off: the file ends too early', name);
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 256));
  const jpeg = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
    .jpeg()
    .toBuffer();
  assert.equal(await reason(half(jpeg)), 'is cut off: the file ends too early');
});

test('a damaged file is refused, or gives a picture; it is never taken for a mistake of ours', async () => {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
  for (const name of NAMES) {
    for (let i = 0; i < 3; i++) {
      const bytes = Buffer.from(picture(name));
      for (let k = 0; k < 3; k++) bytes[random(bytes.length)] = random(256);
      const decoded = await decode(bytes, { sizes: [4], interpolation: 'bicubic' });
      assert.ok('reason' in decoded || decoded.images[0]!.length === 48, name);
    }
  }
});

test('a decompression bomb is refused by what its header says, before memory is taken for it', async () => {
  const png = Buffer.from(picture('rgb.png'));
  png.writeUInt32BE(60000, 16);
  png.writeUInt32BE(60000, 20);
  const bmp = Buffer.from(picture('24-bit.bmp'));
  bmp.writeInt32LE(30000, 18);
  bmp.writeInt32LE(30000, 22);
  const jpeg = Buffer.from(picture('plain.jpg'));
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

test('a header that claims more than the file has costs no memory, either', async () => {
  const before = process.memoryUsage().rss;
  assert.equal(await reason(ascii('P6 13000 13000 255\nabc')), 'is cut off: the file ends too early');
  const bmp = Buffer.from(picture('24-bit.bmp'));
  bmp.writeInt32LE(13000, 18);
  bmp.writeInt32LE(13000, 22);
  assert.equal(await reason(bmp), 'is cut off: the file ends too early');
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

async function reason(bytes: Uint8Array): Promise<string> {
  const decoded = await decode(bytes, { sizes: [8], interpolation: 'nearest' });
  assert.ok('reason' in decoded, 'It was decoded.');
  return decoded.reason;
}
