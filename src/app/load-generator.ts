import type * as tf from '@tensorflow/tfjs-core';
import { loadTensorFlow } from '../engine/native.js';
import type { WeightsBundle } from '../export/weights.js';
import { openBundle } from '../inference/trained-generators.js';
import { eagerTranslator } from '../inference/translator.js';
import { builtins } from './builtins.js';
import type { Plugin } from '../registry/kinds.js';
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
 * @param plugins the plugin that defines the generator's type, unless it is built in
 * @throws ProblemError when the folder has no bundle
 */
export async function loadGenerator(dir: string, plugins: readonly Plugin[] = []): Promise<Generator> {
  await loadTensorFlow();
  const components = builtins();
  for (const plugin of plugins) addPlugin(components, plugin);
  const trained = await openBundle(dir, components);
  const { direction, image_size: imageSize } = trained.bundle;
  const translator = eagerTranslator(trained);
  return {
    direction,
    imageSize,
    translate: (images) => translator.translate(direction, images).translated,
    dispose: () => translator.dispose(),
  };
}
