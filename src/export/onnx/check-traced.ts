import type { Tensor } from '@tensorflow/tfjs-core';
import { nodeOf } from '../../engine/graph/graph-def.js';
import { Session } from '../../engine/graph/session.js';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import { checkSameImage, EXACT, type Bound } from '../same-image.js';
import { oneOf } from '../probes.js';
import { measureQuality, type Quality } from '../quality.js';
import type { Converted } from './convert.js';
import { disposeRounded, roundedKernels } from './half-kernels.js';

export type StoredPrecision = 'float32' | 'float16';

/** A kernel in half precision is off by up to 1/2048 of itself: a ResNet-9's image by about a step of 256 levels, a U-Net's by a tenth. */
const HALF: Bound = {
  tolerance: 6 / 255,
  cure: 'Its kernels lose too much in half precision. Take precision: float32.',
};

/**
 * Runs the traced graph, from which the model is converted, in TensorFlow, with the weights as they are stored: it must give the
 * network's image. What the conversion makes of each op is compared with onnxruntime by the tests, and by the export where onnxruntime is
 * installed (check-in-onnxruntime.ts).
 *
 * @returns what the precision loses, on images of the first size; undefined for float32
 * @throws ProblemError `export-differs`, `not-finite`
 */
export function checkTraced(
  generator: ExportedGenerator,
  models: readonly Converted[],
  precision: StoredPrecision,
): Quality | undefined {
  const half = precision === 'float16';
  const stored = half ? roundedKernels(generator.weights) : generator.weights;
  try {
    const found = models.map((model, i) => check(generator, model, stored, half ? HALF : EXACT, half && i === 0));
    return found[0];
  } finally {
    disposeRounded(stored, generator.weights);
  }
}

function check(
  generator: ExportedGenerator,
  { nodes, weights, traced }: Converted,
  stored: ExportedGenerator['weights'],
  bound: Bound,
  isMeasured: boolean,
): Quality | undefined {
  const needed = new Set(nodes.map(({ name }) => name));
  const placeholders = [...weights].filter(([, node]) => needed.has(node));
  const feeds = Object.fromEntries(placeholders.map(([name, node]) => [node, stored[name]!]));
  const session = new Session(nodes);
  const run = (image: Tensor) =>
    session.run({ ...feeds, [nodeOf(traced.image.ref)]: image }, [traced.translation.ref])[0]!;
  try {
    checkSameImage(generator, oneOf(traced.size), run, bound);
    return isMeasured ? measureQuality(generator, oneOf(traced.size), run) : undefined;
  } finally {
    session.dispose();
  }
}
