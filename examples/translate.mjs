// Translates one image with an exported generator.
//
//     node examples/translate.mjs runs/quickstart-1234abcd/export/AtoB/weights photo.jpg out.png
import * as tf from '@tensorflow/tfjs-core';
import { loadGenerator } from 'cyclegan-runner';
import sharp from 'sharp';

const [bundle, photo, out] = process.argv.slice(2);
const generator = await loadGenerator(bundle);
const side = generator.imageSize;

const pixels = await sharp(photo)
  .resize(side, side, { fit: 'fill' })
  .removeAlpha()
  .toColourspace('srgb')
  .raw()
  .toBuffer();
const image = tf.sub(tf.div(tf.tensor4d(Float32Array.from(pixels), [1, side, side, 3]), 127.5), 1);
const translated = tf.round(tf.mul(tf.add(generator.translate(image), 1), 127.5));

await sharp(Uint8Array.from(await translated.data()), { raw: { width: side, height: side, channels: 3 } }).toFile(out);
console.log(`${photo} -> ${out} (${generator.direction})`);
