import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Endpoint } from '../engine/graph/graph-def.js';
import type { Graph } from '../engine/graph/recorded-graph.js';
import { record } from '../engine/graph/recorder.js';
import { measuringNorms } from '../models/norms.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import type { WeightSpec } from '../registry/kinds/network.js';
import { ProblemError } from '../support/problem.js';
import { sameSize, sizeText, writtenSides, type Sides } from '../support/sides.js';
import { oneOf } from './probes.js';

/** The input and output of a traced graph: both float32, [1, height, width, channels], in [-1, 1]. */
export interface TracedTranslation {
  readonly size: Sides;
  readonly image: Endpoint;
  readonly translation: Endpoint;
  readonly norms: readonly NormNodes[];
}

/**
 * The nodes of an instance norm's statistics, [batch, 1, 1, channels], in the order of the norms. Who runs the graph can fetch them for a whole image, and
 * feed them for a tile of it.
 */
export interface NormNodes {
  readonly mean: string;
  readonly variance: string;
}

/** The names of a signature's input and output in every exported graph. */
export const IMAGE = 'image';
export const TRANSLATION = 'translation';

/**
 * Adds a generator for images of one size to a graph. It runs in inference mode, without dropout, in float32 and plain formulas only, which
 * every reader of such graphs computes alike. (Many readers run TensorFlow's fused batch normalisation, which the training step uses, in
 * inference mode, whatever its attribute.)
 *
 * @param weightRef where the graph has a weight
 * @param suffix distinguishes its nodes from those of other sizes in the same graph
 * @throws ProblemError `size-does-not-fit` when the generator does not take images of this size
 */
export function addTranslation(
  graph: Graph,
  generator: ExportedGenerator,
  size: Sides,
  weightRef: (weight: WeightSpec) => string,
  suffix = '',
): TracedTranslation {
  const shape = [...oneOf(size), generator.channels];
  const checked = (apply: () => Tensor4D) => checkedSize(generator, size, apply);
  const traced = addTranslationOf(graph, generator, shape, weightRef, suffix, checked);
  return { size, ...traced, translation: { ...traced.translation, shape } };
}

/**
 * {@link addTranslation} for images of any shape, [batch, height, width, channels].
 *
 * @param call calls the network; it may throw instead
 */
export function addTranslationOf(
  graph: Graph,
  { network }: ExportedGenerator,
  shape: readonly number[],
  weightRef: (weight: WeightSpec) => string,
  suffix = '',
  call = (apply: () => Tensor4D): Tensor4D => apply(),
): Omit<TracedTranslation, 'size'> {
  return record(graph, { precision: 'float32', fused: false }, (recording) => {
    const weights = Object.fromEntries(
      network.weights.map((weight) => [weight.name, recording.symbol(weightRef(weight), 'float32', weight.shape)]),
    );
    const image = graph.placeholder(`${IMAGE}${suffix}`, 'float32', shape);
    const input = recording.symbol(image, 'float32', shape) as Tensor4D;
    const { result, statistics } = measuringNorms(() => call(() => network.apply(weights, input)));
    const [ref] = recording.refs([result]);
    const translation = graph.identity(ref!, 'float32', `${TRANSLATION}${suffix}`);
    const norms = statistics.map(({ mean, variance }) => {
      const [first, second] = recording.refs([mean, variance]);
      return { mean: first!, variance: second! };
    });
    return { image: endpoint(image, shape), translation: endpoint(translation, result.shape), norms };
  });
}

const endpoint = (node: string, shape: readonly number[]): Endpoint => ({ ref: `${node}:0`, dtype: 'float32', shape });

/** The config's validation checks sizes, but a generator of a plugin may not declare which ones it takes. */
function checkedSize(generator: ExportedGenerator, size: Sides, apply: () => Tensor4D): Tensor4D {
  const { imageSize, channels } = generator;
  if (sameSize(size, imageSize)) return apply();
  const translated = attempt(apply);
  const found = translated instanceof Error ? translated.message : `It makes [${translated.shape.join(', ')}] of them.`;
  if (!(translated instanceof Error) && translated.shape.join() === [...oneOf(size), channels].join())
    return translated;
  throw new ProblemError({
    code: 'size-does-not-fit',
    message: `The generator does not take images of ${sizeText(size)} pixels (export.image_sizes). ${found}`,
    cure: `Leave this size out; the generator was trained with ${writtenSides(imageSize)} pixels.`,
  });
}

function attempt<T>(f: () => T): T | Error {
  try {
    return f();
  } catch (error) {
    return error as Error;
  }
}
