import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { GraphNode } from '../engine/graph/graph-def.js';
import { Graph } from '../engine/graph/recorded-graph.js';
import { loadTensorFlow } from '../engine/native.js';
import type { ExportedGenerator, ExportFormatComponent } from '../registry/kinds/export-format.js';
import { writeFileAtomic } from '../support/files.js';
import { writeDescription } from './description.js';
import { endpointJson, graphJson } from './graph-json.js';
import { checkSameImage } from './same-image.js';
import { BOUNDS, storedWeight, type KernelPrecision } from './stored-weights.js';
import { writeShards, type ManifestEntry, type ManifestGroup } from './shards.js';
import { addTranslation, IMAGE, TRANSLATION } from './trace.js';

export interface TfjsOptions {
  readonly precision: KernelPrecision;
}

export const tfjsFormat: ExportFormatComponent<TfjsOptions> = {
  summary: 'A TensorFlow.js GraphModel, for browsers: tf.loadGraphModel.',
  details:
    'model.json takes `image`, [1, size, size, 3] float32 in [-1, 1], and gives `translation` of the same form; model-512.json ' +
    'does so for a further size of export.image_sizes, with the same weight files. Runs on every backend of TensorFlow.js.',
  schema: {
    properties: {
      precision: {
        description:
          'How kernels are stored. `float16` halves the files, `uint8` quarters them; TensorFlow.js computes in float32 all the same. A trained ResNet-6’s images differed by at most 1 of 256 levels with float16, 5 with uint8.',
        enum: ['float32', 'float16', 'uint8'],
        default: 'float32',
        'x-neutral': true,
      },
    },
  },
  create: ({ precision }) => ({
    async write(generator, dir) {
      const weights = await writeWeights(generator, dir, precision);
      const models: Record<string, string> = {};
      const files: string[] = [];
      for (const [i, size] of generator.imageSizes.entries()) {
        const suffix = i === 0 ? '' : `-${size}`;
        const constants = await writeModel(generator, size, weights, dir, suffix);
        models[size] = `model${suffix}.json`;
        await check(generator, size, join(dir, models[size]), precision);
        files.push(models[size], ...constants.paths);
      }
      return [...files, ...weights.paths, await writeDescription(dir, 'tfjs', generator, models)];
    },
  }),
};

/** The network's weights, which the graphs of all sizes share. */
async function writeWeights(
  { network, weights }: ExportedGenerator,
  dir: string,
  precision: KernelPrecision,
): Promise<ManifestGroup> {
  const stored = async (name: string, shape: readonly number[]) =>
    storedWeight(name, shape, await weights[name]!.data<'float32'>(), precision);
  const entries: ManifestEntry[] = [];
  for (const { name, shape } of network.weights) entries.push((await stored(name, shape)).entry);
  return writeShards(dir, 'group1', entries, async ({ name, shape }) => (await stored(name, shape)).bytes);
}

/** Writes the graph of one size. @returns the group of its constants (paddings, shapes and the like) */
async function writeModel(
  generator: ExportedGenerator,
  size: number,
  weights: ManifestGroup,
  dir: string,
  suffix: string,
): Promise<ManifestGroup> {
  const graph = new Graph();
  const weightNodes = new Map<string, string>();
  for (const { name, shape } of generator.network.weights) {
    weightNodes.set(name, graph.placeholder(name, 'float32', shape));
  }
  const { image, translation } = addTranslation(graph, generator, size, ({ name }) => weightNodes.get(name)!);
  const nodes = graph.needed([translation.ref, image.ref, ...weightNodes.values()]);

  const constants = nodes.filter(({ op }) => op === 'Const');
  const values = new Map(constants.map((node) => [node.name, constantOf(node)]));
  const entries = [...values].map(([name, { shape, dtype }]) => ({ name, shape, dtype }) as ManifestEntry);
  const group = await writeShards(dir, `group2${suffix}`, entries, ({ name }) => bytesOf(values.get(name)!.values));

  const stored = new Set(weightNodes.values());
  const model = {
    format: 'graph-model',
    generatedBy: 'cyclegan-runner',
    convertedBy: null,
    signature: { inputs: { [IMAGE]: endpointJson(image) }, outputs: { [TRANSLATION]: endpointJson(translation) } },
    modelTopology: graphJson(nodes.map((node) => (stored.has(node.name) ? asConstant(node) : node))),
    weightsManifest: [
      {
        paths: weights.paths,
        weights: weights.weights.map((entry) => ({ ...entry, name: weightNodes.get(entry.name) })),
      },
      group,
    ],
  };
  await writeFileAtomic(join(dir, `model${suffix}.json`), JSON.stringify(model));
  return group;
}

/** A weight is a placeholder while tracing; in a GraphModel it is a constant whose value is in the weight files. */
function asConstant({ name, attributes }: GraphNode): GraphNode {
  return { name, op: 'Const', inputs: [], attributes: { dtype: attributes['dtype']! } };
}

function constantOf({ name, attributes: { value } }: GraphNode) {
  if (value?.kind !== 'tensor' || !ArrayBuffer.isView(value.value.values)) throw new Error(`${name} has no numbers.`);
  const { dtype, shape, values } = value.value;
  return { dtype, shape, values };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Loads the model as a browser does, with TensorFlow.js's graph interpreter. */
async function check(
  generator: ExportedGenerator,
  size: number,
  path: string,
  precision: KernelPrecision,
): Promise<void> {
  const { loadGraphModel, io } = await loadTensorFlow();
  const model = await loadGraphModel(io.fileSystem(path));
  try {
    checkSameImage(generator, size, (image) => model.predict(image) as Tensor, BOUNDS[precision]);
  } finally {
    model.dispose();
  }
}
