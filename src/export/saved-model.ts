import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Endpoint } from '../engine/graph/graph-def.js';
import { openSavedModel } from '../engine/graph/open-saved-model.js';
import { addNamedVariable, addSaver } from '../engine/graph/saver.js';
import { Graph } from '../engine/graph/recorded-graph.js';
import { encodeSavedModel } from '../engine/graph/encode-saved-model.js';
import { writeVariables } from '../engine/graph/variables-file.js';
import type { ExportedGenerator, ExportFormatComponent } from '../registry/kinds/export-format.js';
import type { WeightSpec } from '../registry/kinds/network.js';
import { writeFileAtomic } from '../support/files.js';
import { sidesOf, sizeName, type Sides } from '../support/sides.js';
import { writeDescription } from './description.js';
import { checkEncodedImages } from './check-encoded.js';
import { addEncodedImages, IMAGE_BYTES, type EncodedImages } from './encoded-images.js';
import { freeSides, type FreeSides, type Trace } from './free-sides.js';
import { oneOf, rectangleOf, type ImageSides } from './probes.js';
import { checkSameImage } from './same-image.js';
import { addTranslation, addTranslationOf, IMAGE, TRANSLATION, type TracedTranslation } from './trace.js';

const MAIN = 'saved_model.pb';
/** The file prefix that TensorFlow's loaders expect. */
const PREFIX = 'variables/variables';

export interface SavedModelOptions {
  readonly serving_default: 'numbers' | 'files';
}

export const savedModelFormat: ExportFormatComponent<SavedModelOptions> = {
  summary: 'A TensorFlow SavedModel, for TensorFlow Serving, Python and tfjs-node.',
  details:
    'The signature serving_default takes `image`, [batch, height, width, 3] float32 in [-1, 1], and gives `translation` of the same form, if the ' +
    'generator can be proved to take any size, as resnet and unet can. Otherwise it takes [1, size, size, 3], and size_512 a further size of ' +
    'export.image_sizes, with the same variables. docs/export.md shows how to load it.',
  schema: {
    properties: {
      serving_default: {
        description:
          'What the signature serving_default takes, which clients get who name none: images as `numbers`, or image `files`, as image_bytes does. ' +
          'With files, the signature of numbers is image.',
        enum: ['numbers', 'files'],
        default: 'numbers',
        'x-neutral': true,
      },
    },
  },
  create: (options) => ({
    async write(generator, dir) {
      const built = await build(generator, dir, options);
      await check(generator, dir, built);
      const { free, signatures } = built;
      const names = generator.imageSizes.map((_, i) => signatures[free ? 0 : i]!.name);
      const description = await writeDescription(dir, 'saved-model', generator, { names, free });
      return [MAIN, ...VARIABLE_FILES, description];
    },
  }),
};

const VARIABLE_FILES = ['index', 'data-00000-of-00001'].map((part) => `${PREFIX}.${part}`);

interface Signature {
  readonly name: string;
  readonly image: Endpoint;
  readonly translation: Endpoint;
  /** What it is compared with the network on. */
  readonly images: readonly ImageSides[];
}

interface Built {
  /** Whether its one signature takes any batch, height and width that the network declares; otherwise there is one for each of `imageSizes`. */
  readonly free: boolean;
  readonly signatures: readonly Signature[];
  /** What takes and gives files, and the size that it resizes images to. */
  readonly files: EncodedImages;
  readonly size: Sides;
}

const DEFAULT = 'serving_default';

async function build(
  generator: ExportedGenerator,
  dir: string,
  { serving_default: served }: SavedModelOptions,
): Promise<Built> {
  const { graph, variables, weightRef } = graphWithVariables(generator);
  const [size] = generator.imageSizes as [Sides];
  const first = addTranslation(graph, generator, size, weightRef);
  const free = freeSides(generator, { graph, ...first }, (shape) => traceShape(generator, shape));
  const name = served === 'files' ? IMAGE : DEFAULT;
  const signatures =
    free === undefined
      ? fixedSignatures(generator, graph, first, weightRef, name)
      : [freeSignature(generator, free, name)];

  const [main] = signatures as [Signature];
  const fileSize = free === undefined ? size : generator.imageSize;
  const files = addEncodedImages(graph, main, fileSize, generator);
  const saved = addSaver(graph, variables);
  const ends = signatures.map(({ translation }) => translation.ref);
  const roots = [...ends, files.decoded, files.output.ref, saved.saver.save, saved.saver.restore];
  const nodes = files.connected(free === undefined ? graph.needed(roots) : free.needed(roots));
  const defined = signatures.map(({ name, image, translation }) => {
    return [name, { inputs: { [IMAGE]: image }, outputs: { [TRANSLATION]: translation } }] as const;
  });
  const ofFiles = { inputs: { [IMAGE_BYTES]: files.input }, outputs: { [IMAGE_BYTES]: files.output } };
  const all = {
    ...Object.fromEntries(defined),
    [IMAGE_BYTES]: ofFiles,
    ...(served === 'files' && { [DEFAULT]: ofFiles }),
  };
  const content = { nodes, functions: files.functions, signatures: all, ...saved };
  await writeFileAtomic(join(dir, MAIN), encodeSavedModel(content));

  await mkdir(join(dir, 'variables'));
  writeVariables(join(dir, PREFIX), generator.weights);
  for (const file of VARIABLE_FILES) await flush(join(dir, file));
  return { free: free !== undefined, signatures, files, size: fileSize };
}

type WeightRef = (weight: WeightSpec) => string;

function graphWithVariables({ network }: ExportedGenerator) {
  const graph = new Graph();
  const variables = network.weights.map(({ name, shape }) => addNamedVariable(graph, name, shape));
  const reads = new Map(variables.map((variable) => [variable.name, graph.read(variable)]));
  const weightRef: WeightRef = ({ name }) => reads.get(name)!;
  return { graph, variables, weightRef };
}

function traceShape(generator: ExportedGenerator, shape: readonly number[]): Trace {
  const { graph, weightRef } = graphWithVariables(generator);
  return { graph, ...addTranslationOf(graph, generator, shape, weightRef) };
}

function freeSignature(
  { network, imageSize, imageSizes }: ExportedGenerator,
  { image, translation }: FreeSides,
  name: string,
): Signature {
  const images = [...imageSizes.map(oneOf), rectangleOf(network.sizes!, imageSize)];
  return { name, image, translation, images };
}

function fixedSignatures(
  generator: ExportedGenerator,
  graph: Graph,
  first: TracedTranslation,
  weightRef: WeightRef,
  name: string,
): readonly Signature[] {
  const others = generator.imageSizes
    .slice(1)
    .map((size) => addTranslation(graph, generator, size, weightRef, `_${sizeName(size)}`));
  return [first, ...others].map(({ size, ...ends }, i) => {
    return { name: i === 0 ? name : `size_${sizeName(size)}`, ...ends, images: [oneOf(size)] };
  });
}

/** Loads the model as TensorFlow Serving does, with its variables. */
async function check(
  generator: ExportedGenerator,
  dir: string,
  { signatures, files, free, size }: Built,
): Promise<void> {
  const model = openSavedModel(dir);
  try {
    for (const { image, translation, images } of signatures) {
      const run = (input: Tensor) => model.run({ [image.ref]: input }, [translation.ref])[0]!;
      for (const sides of images) checkSameImage(generator, sides, run);
    }
    const run = (input: Tensor) => model.run({ [files.input.ref]: input }, [files.output.ref])[0]!;
    const { height, width } = sidesOf(size);
    await checkEncodedImages(generator, [free ? 2 : 1, height, width], run);
  } finally {
    model.dispose();
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
