import * as tf from '@tensorflow/tfjs-core';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import type { ImageSides } from '../probes.js';
import { checkTranslation, EXACT, testImage } from '../same-image.js';
import { IMAGE, TRANSLATION } from '../trace.js';
import type { OnnxRuntime, OnnxSession } from './open-onnxruntime.js';

/**
 * Runs a model's file in onnxruntime: it must give the network's images.
 *
 * @param generator with its weights as the file stores them
 * @throws ProblemError `export-differs`, `not-finite`; onnxruntime's error if it cannot load or run the file
 */
export async function checkInOnnxRuntime(
  runtime: OnnxRuntime,
  generator: ExportedGenerator,
  file: string,
  images: readonly ImageSides[],
): Promise<void> {
  const session = await runtime.InferenceSession.create(file);
  try {
    for (const sides of images) await check(runtime, session, generator, sides);
  } finally {
    await session.release();
  }
}

async function check(runtime: OnnxRuntime, session: OnnxSession, generator: ExportedGenerator, sides: ImageSides) {
  const input = testImage(sides, generator.channels);
  try {
    const fed = new runtime.Tensor('float32', input.dataSync<'float32'>(), input.shape);
    const { data, dims } = (await session.run({ [IMAGE]: fed }))[TRANSLATION]!;
    checkTranslation(generator, input, () => tf.tensor(data, [...dims]), EXACT);
  } finally {
    input.dispose();
  }
}
