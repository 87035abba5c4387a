import * as tf from '@tensorflow/tfjs-core';
import type { InferenceModel, Tensor4D } from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../engine/native.js';
import { testImage } from '../export/same-image.js';
import { imageOf } from '../inference/tensor-image.js';
import type { NetworkSizes } from '../registry/kinds/network.js';
import { writeFileAtomic } from '../support/files.js';
import { roundUp } from '../support/round-up.js';
import { shortSides, sidesOf, type Sides } from '../support/sides.js';

/** Of the test image, where the model takes it: small, since the slowest computer translates it too. */
const SIDE = 64;

/**
 * Writes a test image and its translation, by which a browser sees whether it computes correctly: see `CheckFacts`.
 *
 * @param model path of a GraphModel's model.json
 * @param sizes that the model takes; null if only its own
 * @returns the image's size
 */
export async function writeCheck(model: string, file: string, sizes: NetworkSizes | null): Promise<Sides> {
  const { loadGraphModel, io } = await loadTensorFlow();
  const graph = await loadGraphModel(io.fileSystem(model));
  try {
    const [, height, width, channels] = graph.inputs[0]!.shape as [number, number, number, number];
    const own = shortSides({ height, width });
    const size = sizes !== null ? roundUp(Math.max(SIDE, sizes.least), sizes.multiple) : own;
    const [input, output] = translatedTest(graph, size, channels);
    await writeFileAtomic(file, Buffer.concat([input, output]));
    return size;
  } finally {
    graph.dispose();
  }
}

/** Pixels of the test image and of its translation. */
function translatedTest(graph: InferenceModel, size: Sides, channels: number): [Uint8Array, Uint8Array] {
  let pixels: [Uint8Array, Uint8Array] | undefined;
  tf.tidy(() => {
    const { height, width } = sidesOf(size);
    const { data } = imageOf(testImage([1, height, width], channels));
    const bytes = tf.tensor4d(Float32Array.from(data), [1, height, width, channels]);
    const translated = graph.predict(tf.sub(tf.div(bytes, 127.5), 1), {}) as Tensor4D;
    pixels = [data, imageOf(translated).data];
  });
  return pixels!;
}
