import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { Graph } from '../engine/graph/recorded-graph.js';
import { loadTensorFlow } from '../engine/native.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { sizeName, type Sides } from '../support/sides.js';
import { anySize } from './description.js';
import { freeSides, type Trace } from './free-sides.js';
import { writeModel, writeWeights, type TracedModel } from './graph-model-files.js';
import { oneOf, rectangleOf, type ImageSides } from './probes.js';
import { measureQuality, type Quality } from './quality.js';
import { checkSameImage } from './same-image.js';
import { BOUNDS, weightsAsStored, type KernelPrecision } from './stored-weights.js';
import { addTranslation, addTranslationOf, type NormNodes } from './trace.js';

/** A generator as GraphModels of TensorFlow.js in a folder. */
export interface GraphModelFiles {
  /** Whether one model takes any batch, height and width that the network declares. Otherwise each takes one image. */
  readonly free: boolean;
  /** The main file for each of `imageSizes`, in their order: all the same where sides are free. */
  readonly models: readonly string[];
  /** The nodes of the norms' statistics, in each model; none if the network has no norms of `src/models`. */
  readonly norms: readonly NormNodes[];
  /** Of kernels of less than float32. */
  readonly quality: Quality | undefined;
  /** All files, relative to the folder, the first model first. */
  readonly files: readonly string[];
}

/**
 * Writes a generator as GraphModels, each of which is loaded with TensorFlow.js and must give the network's image.
 *
 * `userDefinedMetadata` of a model has `image_size` (of the training), `any_size` where sides are free, and `norms`, the nodes of each
 * norm's mean and variance. `model.execute({ image }, [...])` measures them for a whole image; `model.execute({ image, ...measured }, 'translation')`
 * translates a tile of it with them, so that no seam shows.
 *
 * @param dir an empty folder
 * @throws ProblemError `export-differs`, `not-finite`, `size-does-not-fit`
 */
export async function writeGraphModel(
  generator: ExportedGenerator,
  dir: string,
  { precision }: { readonly precision: KernelPrecision },
): Promise<GraphModelFiles> {
  const { network, imageSize, imageSizes } = generator;
  const { free, norms, models } = tracedModels(generator);
  const metadata = { image_size: imageSize, ...(free && { any_size: anySize(network.sizes!) }), norms };
  const weights = await writeWeights(generator, dir, precision);
  const stored = { ...generator, weights: weightsAsStored(generator, precision) };
  const files: string[] = [];
  let quality: Quality | undefined;
  try {
    for (const { name, suffix, traced, images } of models) {
      files.push(...(await writeModel(dir, { name, suffix }, traced, weights, metadata)));
      const found = await check(generator, stored, images, join(dir, name), precision);
      quality ??= found;
    }
  } finally {
    tf.dispose(stored.weights);
  }
  const names = imageSizes.map((_, i) => models[free ? 0 : i]!.name);
  return { free, norms, quality, models: names, files: [...files, ...weights.paths] };
}

interface Model {
  readonly name: string;
  readonly suffix: string;
  readonly traced: TracedModel;
  /** What it is compared with the network on. */
  readonly images: readonly ImageSides[];
}

const MAIN = { name: 'model.json', suffix: '' };

function tracedModels(generator: ExportedGenerator) {
  const { network, imageSize, imageSizes } = generator;
  const [size, ...others] = imageSizes as [Sides, ...Sides[]];
  const first = traceSize(generator, size);
  const { norms } = first;
  const free = freeSides(generator, first, (shape) => traceShape(generator, shape));
  if (free !== undefined) {
    const images = [...imageSizes.map(oneOf), rectangleOf(network.sizes!, imageSize)];
    return { free: true, norms, models: [{ ...MAIN, traced: { ...first, ...free }, images }] };
  }
  const further = others.map((size): Model => {
    return {
      name: `model-${sizeName(size)}.json`,
      suffix: `-${sizeName(size)}`,
      traced: traceSize(generator, size),
      images: [oneOf(size)],
    };
  });
  return { free: false, norms, models: [{ ...MAIN, traced: first, images: [oneOf(size)] }, ...further] };
}

function traceSize(generator: ExportedGenerator, size: Sides): Trace & TracedModel {
  const { graph, weightNodes } = graphWithWeights(generator);
  const traced = addTranslation(graph, generator, size, ({ name }) => weightNodes.get(name)!);
  return { ...traced, graph, weightNodes, needed: (refs) => graph.needed(refs) };
}

function traceShape(generator: ExportedGenerator, shape: readonly number[]): Trace {
  const { graph, weightNodes } = graphWithWeights(generator);
  return { graph, ...addTranslationOf(graph, generator, shape, ({ name }) => weightNodes.get(name)!) };
}

function graphWithWeights({ network }: ExportedGenerator) {
  const graph = new Graph();
  const nodes = network.weights.map(({ name, shape }) => [name, graph.placeholder(name, 'float32', shape)] as const);
  return { graph, weightNodes: new Map(nodes) };
}

/**
 * Loads the model as a browser does, with TensorFlow.js's graph interpreter. It must give the image of the network with its weights as they are stored; what
 * their precision loses is limited where one image is translated, and measured on images of the first size.
 */
async function check(
  generator: ExportedGenerator,
  stored: ExportedGenerator,
  images: readonly ImageSides[],
  path: string,
  precision: KernelPrecision,
): Promise<Quality | undefined> {
  const { loadGraphModel, io } = await loadTensorFlow();
  const model = await loadGraphModel(io.fileSystem(path));
  const run = (image: Tensor) => model.predict(image) as Tensor;
  try {
    for (const sides of images) {
      checkSameImage(stored, sides, run);
      if (precision !== 'float32' && sides[0] === 1) checkSameImage(generator, sides, run, BOUNDS[precision]);
    }
    return precision === 'float32' ? undefined : measureQuality(generator, images[0]!, run);
  } finally {
    model.dispose();
  }
}
