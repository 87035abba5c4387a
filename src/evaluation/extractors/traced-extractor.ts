import type { Tensor4D } from '@tensorflow/tfjs-core';
import { compile } from '../../engine/graph/compile.js';
import type { ExtractedFeatures, OpenExtractor } from '../../registry/kinds/extractor.js';
import { inBatches } from './in-batches.js';

/**
 * A network in plain TensorFlow.js, compiled into a TensorFlow session of its own, always in float32. It is traced for each size of the
 * images and a few sizes of a batch.
 *
 * @param width number of features
 * @param network traced: a pure function of the images, [b, s, s, c] in [-1, 1]
 */
export function tracedExtractor(width: number, network: (images: Tensor4D) => ExtractedFeatures): OpenExtractor {
  const program = compile({
    extract: (_: object, { images }: { readonly images: Tensor4D }) => ({ outputs: network(images) }),
  });
  const extract = (images: Tensor4D) => program.functions.extract({ images });
  return { width, extract: (images) => inBatches(images, extract), dispose: () => program.dispose() };
}
