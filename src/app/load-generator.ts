import * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../engine/native.js';
import { readWeightsBundle, type WeightsBundle } from '../export/weights.js';
import { builtins } from './builtins.js';
import type { Plugin } from '../registry/kinds.js';
import { make } from '../registry/make.js';
import { addPlugin } from '../registry/plugins.js';

/** A trained generator, ready to translate. */
export interface Generator {
  readonly direction: WeightsBundle['direction'];
  /** Side of the square images it was trained on, in pixels. */
  readonly imageSize: number;
  /** @param images float32 in [-1, 1], [batch, imageSize, imageSize, 3] @returns the same shape, in [-1, 1] */
  translate(images: tf.Tensor4D): tf.Tensor4D;
  dispose(): void;
}

/**
 * Loads a generator from a bundle that `export` wrote with the format `weights`.
 *
 * @param dir the folder of `generator.json`
 * @param plugins the plugin that brought the generator's type, if it is not a built-in one
 * @throws ProblemError when the folder holds no bundle
 */
export async function loadGenerator(dir: string, plugins: readonly Plugin[] = []): Promise<Generator> {
  await loadTensorFlow();
  const components = builtins();
  for (const plugin of plugins) addPlugin(components, plugin);
  const { bundle, weights } = await readWeightsBundle(dir);
  const site = { imageSize: bundle.image_size, channels: bundle.channels };
  const network = make(components.generator, bundle.generator, site);
  return {
    direction: bundle.direction,
    imageSize: bundle.image_size,
    translate: (images) => tf.tidy(() => network.apply(weights, images)),
    dispose: () => tf.dispose(weights),
  };
}
