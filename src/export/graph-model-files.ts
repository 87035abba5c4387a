import { join } from 'node:path';
import type { Endpoint, GraphNode } from '../engine/graph/graph-def.js';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import { writeFileAtomic } from '../support/files.js';
import { endpointJson, graphJson } from './graph-json.js';
import { storedWeight, type KernelPrecision } from './stored-weights.js';
import { writeShards, type ManifestEntry, type ManifestGroup } from './shards.js';
import { IMAGE, TRANSLATION } from './trace.js';

/** A generator's graph, with placeholders for its weights. */
export interface TracedModel {
  readonly image: Endpoint;
  readonly translation: Endpoint;
  /** The placeholders, by the weights' names. */
  readonly weightNodes: ReadonlyMap<string, string>;
  readonly needed: (refs: Iterable<string>) => readonly GraphNode[];
}

/** The network's weights, which the graphs of all sizes share. */
export async function writeWeights(
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

/**
 * Writes the graph of a GraphModel, beside the weights' files.
 *
 * @param name of its main file; `suffix` distinguishes its constants' files
 * @returns its files, the main one first
 */
export async function writeModel(
  dir: string,
  { name, suffix }: { readonly name: string; readonly suffix: string },
  { image, translation, weightNodes, needed }: TracedModel,
  weights: ManifestGroup,
  metadata: object,
): Promise<readonly string[]> {
  const nodes = needed([translation.ref, image.ref, ...weightNodes.values()]);
  const constants = nodes.filter(({ op }) => op === 'Const');
  const values = new Map(constants.map((node) => [node.name, constantOf(node)]));
  const entries = [...values].map(([name, { shape, dtype }]) => ({ name, shape, dtype }) as ManifestEntry);
  const group = await writeShards(dir, `group2${suffix}`, entries, (entry) => bytesOf(values.get(entry.name)!.values));

  const stored = new Set(weightNodes.values());
  const model = {
    format: 'graph-model',
    generatedBy: 'cyclegan-runner',
    convertedBy: null,
    signature: { inputs: { [IMAGE]: endpointJson(image) }, outputs: { [TRANSLATION]: endpointJson(translation) } },
    userDefinedMetadata: metadata,
    modelTopology: graphJson(nodes.map((node) => (stored.has(node.name) ? asConstant(node) : node))),
    weightsManifest: [
      {
        paths: weights.paths,
        weights: weights.weights.map((entry) => ({ ...entry, name: weightNodes.get(entry.name) })),
      },
      group,
    ],
  };
  await writeFileAtomic(join(dir, name), JSON.stringify(model));
  return [name, ...group.paths];
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
