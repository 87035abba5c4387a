import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../engine/native.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import type { ImageSides } from './probes.js';
import { checkTranslation, EXACT, testImage, type Bound } from './same-image.js';

/** The levels of the translation's file are half a level farther. */
const IN_LEVELS: Bound = { ...EXACT, tolerance: EXACT.tolerance + 1 / 255 };

/**
 * Translates fixed images with the network, and as PNG files with the exported generator.
 *
 * @param sides of the images, which the generator takes without resizing
 * @param run runs the exported generator: from files to files, [batch]; the caller owns the tensor it returns
 * @throws ProblemError `export-differs`, `not-finite`
 */
export async function checkEncodedImages(
  generator: ExportedGenerator,
  sides: ImageSides,
  run: (files: Tensor) => Tensor,
): Promise<void> {
  const { node } = await loadTensorFlow();
  const levels = tf.tidy(() => {
    const values = testImage(sides, generator.channels);
    return tf.cast(tf.round(tf.mul(tf.add(values, 1), 127.5)), 'int32');
  });
  const single = tf.unstack(levels) as Tensor3D[];
  try {
    const files = await Promise.all(single.map((image) => node.encodePng(image)));
    tf.tidy(() => {
      const images = tf.sub<Tensor4D>(tf.div(levels, 127.5), 1);
      const translate = () => {
        const translated = run(tf.tensor1d(files, 'string'));
        const decoded = bytesOf(translated).map((file) => node.decodePng(file));
        return tf.sub(tf.div(tf.stack(decoded), 127.5), 1);
      };
      checkTranslation(limited(generator), images, translate, IN_LEVELS);
    });
  } finally {
    tf.dispose([levels, ...single]);
  }
}

/** A file has no values outside [-1, 1]. */
function limited(generator: ExportedGenerator): ExportedGenerator {
  const { network } = generator;
  const apply: typeof network.apply = (weights, x) => tf.clipByValue(network.apply(weights, x), -1, 1);
  return { ...generator, network: { ...network, apply } };
}

/** The bytes of each string of a tensor. */
const bytesOf = ({ dataId }: Tensor) => tf.engine().readSync(dataId) as unknown as readonly Uint8Array[];
