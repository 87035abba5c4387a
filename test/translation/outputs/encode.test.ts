import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import sharp from 'sharp';
import { decodeRgb } from '../../../src/data/images/decode-rgb.js';
import { encode } from '../../../src/translation/outputs/encode.js';
import { exifOfTranslation } from '../../../src/translation/outputs/exif.js';
import { OUTPUT_FORMATS } from '../../../src/translation/request.js';

const SIZE = { width: 24, height: 10 };
const image = { ...SIZE, data: Uint8Array.from({ length: 24 * 10 * 3 }, (_, i) => (Math.floor(i / 3) % 24) * 10) };

for (const format of OUTPUT_FORMATS) {
  test(`${format} has the image’s size and colours`, async () => {
    const { data, width, height } = await decodeRgb(await encode(image, format));
    assert.deepEqual({ width, height }, SIZE);
    const largest = data.reduce((most, value, i) => Math.max(most, Math.abs(value - image.data[i]!)), 0);
    const most = { png: 0, tiff: 0, jpeg: 8, webp: 12, avif: 12 }[format];
    assert.ok(largest <= most, `${largest}`);
  });
}

/** A file with EXIF that says: turned by 90 degrees, made by a camera. */
const photograph = (format: 'jpeg' | 'png') =>
  sharp(image.data, { raw: { ...SIZE, channels: 3 } })
    .withExif({ IFD0: { Make: 'Zebra & Co', Copyright: 'Me' }, IFD2: { PixelXDimension: '4000', ColorSpace: '65535' } })
    .withMetadata({ orientation: 6 })
    .toFormat(format)
    .toBuffer();

describe('the EXIF of a translation', () => {
  for (const format of ['jpeg', 'png'] as const) {
    test(`names camera and author in ${format}, and is upright`, async () => {
      const { exif } = await sharp(await photograph(format)).metadata();
      const file = await encode(image, format, exif);
      const metadata = await sharp(file).metadata();
      assert.equal(metadata.orientation, 1);
      assert.deepEqual([metadata.width, metadata.height], [24, 10]);
      assert.match(metadata.exif!.toString('latin1'), /Zebra & Co/);
      // Its pixels are those of the file without EXIF.
      const plain = await decodeRgb(await encode(image, format));
      assert.deepEqual((await decodeRgb(file)).data, plain.data);
    });
  }

  test('has no thumbnail, not even its bytes', () => {
    const found = exifOfTranslation(withThumbnail(), 24, 10)!;
    assert.ok(!found.includes('THUMBNAIL'));
    assert.equal(found.readUInt32LE(8 + 2 + 12), 0);
  });

  test('has the size and the colour space of the translation', async () => {
    const { exif } = await sharp(await photograph('jpeg')).metadata();
    const found = exifOfTranslation(exif!, 24, 10)!;
    const at = found.indexOf(Buffer.from([0x02, 0xa0])); // PixelXDimension, little endian
    assert.equal(found.readUInt16LE(at + 8), 24);
    const space = found.indexOf(Buffer.from([0x01, 0xa0]));
    assert.equal(found.readUInt16LE(space + 8), 1);
  });

  test('is left out where it is damaged', async () => {
    for (const bytes of [Buffer.from('nonsense'), Buffer.from('II'), Buffer.from('II*\0\xff\xff\xff\x00', 'latin1')]) {
      assert.equal(exifOfTranslation(bytes, 1, 1), undefined);
    }
    assert.ok((await encode(image, 'jpeg', Buffer.from('nonsense'))).length > 0);
  });
});

/** Two directories: one with an orientation, and that of the thumbnail. */
function withThumbnail(): Buffer {
  const thumbnail = Buffer.from('THUMBNAIL');
  const second = 8 + 2 + 12 + 4;
  const data = second + 2 + 24 + 4;
  const tiff = Buffer.alloc(data + thumbnail.length);
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  entry(10, 0x0112, 3, 6);
  tiff.writeUInt32LE(second, 22);
  tiff.writeUInt16LE(2, second);
  entry(second + 2, 0x0201, 4, data);
  entry(second + 14, 0x0202, 4, thumbnail.length);
  thumbnail.copy(tiff, data);
  return tiff;

  function entry(at: number, tag: number, type: number, value: number): void {
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(1, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  }
}
