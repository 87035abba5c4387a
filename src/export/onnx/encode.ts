import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from '../../engine/graph/graph-def.js';
import type { ExportedGenerator } from '../../registry/kinds/export-format.js';
import { ProblemError } from '../../support/problem.js';
import { sizeName } from '../../support/sides.js';
import { toHalves } from '../half-precision.js';
import { IMAGE, TRANSLATION } from '../trace.js';
import type { Initializer, OnnxAttribute, OnnxGraph, OnnxNode } from './graph.js';
import {
  encodeModelMessage,
  type OnnxAttributeMessage,
  type OnnxNodeMessage,
  type OnnxTensorMessage,
  type SideMessage,
} from './messages.js';

/**
 * Of 2022: onnxruntime 1.12 and all that read ONNX since know it, and no later version changed an op that is used here. The reductions
 * take their axes as attributes until 17.
 */
const OPSET = 17;
/** The version of the format that came with the opset. */
const IR_VERSION = 8;

/** Numbers of types (onnx.proto's TensorProto.DataType and AttributeProto.AttributeType). */
const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Protocol buffers are below 2 GB; the graph itself takes far less than the reserve. */
const MOST_BYTES = 2 ** 31 - 2 ** 24;

/** The sides of input and output: sizes, or names of sizes that are free. */
export type FileSides = readonly (number | string)[];

/**
 * A model's file. Its `metadata_props` say where it comes from.
 *
 * @throws ProblemError `cannot-export` when the weights are beyond the 2 GB of a file
 */
export function encodeModel(
  generator: ExportedGenerator,
  { nodes, initializers }: OnnxGraph,
  sides: FileSides,
): Uint8Array {
  const { runName, direction, imageSize, network } = generator;
  checkBytes(initializers.reduce((bytes, one) => bytes + bytesIn(one), 0));
  const metadata = { run: runName, direction, image_size: sizeName(imageSize), multiple_of: network.sizes?.multiple };
  return encodeModelMessage({
    irVersion: IR_VERSION,
    producerName: 'cyclegan-runner',
    graph: {
      node: nodes.map(nodeMessage),
      name: `${runName}-${direction}`,
      docString: 'Images in and out: float32, [batch, height, width, channels], in [-1, 1].',
      initializer: initializers.map((one) => tensorMessage(one, generator)),
      input: [valueMessage(IMAGE, sides)],
      output: [valueMessage(TRANSLATION, sides)],
    },
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries(metadata).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value: String(value) }],
    ),
  });
}

function bytesIn({ shape, content }: Initializer): number {
  const bytes = { int64: 8, constant: 4, weight: content.kind === 'weight' && content.half === true ? 2 : 4 };
  return sizeOf(shape) * bytes[content.kind];
}

function checkBytes(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  throw new ProblemError({
    code: 'cannot-export',
    message: `The generator cannot be exported as onnx: its weights have ${(bytes / 1e9).toFixed(1)} GB, and a file of this format at most 2 GB.`,
    cure: 'Leave onnx out of export.formats; saved-model has no such limit.',
  });
}

function nodeMessage({ name, op, inputs, attributes }: OnnxNode): OnnxNodeMessage {
  const attribute = Object.entries(attributes).map(([key, value]) => attributeMessage(key, value));
  return { input: inputs, output: [name], name, opType: op, attribute };
}

function attributeMessage(name: string, attribute: OnnxAttribute): OnnxAttributeMessage {
  const type = ATTRIBUTE[attribute.kind];
  switch (attribute.kind) {
    case 'float':
      return { name, type, f: attribute.value };
    case 'int':
      return { name, type, i: attribute.value };
    case 'string':
      return { name, type, s: Buffer.from(attribute.value) };
    case 'ints':
      return { name, type, ints: attribute.value };
  }
}

function tensorMessage({ name, shape, content }: Initializer, { weights }: ExportedGenerator): OnnxTensorMessage {
  if (content.kind === 'int64') {
    const values = BigInt64Array.from(content.values, BigInt);
    return { name, dims: shape, dataType: INT64, rawData: bytesOf(values) };
  }
  let values = new Float32Array() as Float32Array;
  // Not as its result: tidy looks through each number of that for tensors, for half a minute in a U-Net.
  tf.tidy(() => {
    const stored =
      content.kind === 'weight'
        ? weights[content.weight]!
        : tf.tensor(content.constant.values, [...content.constant.shape]);
    values = tf.transpose(stored, [...content.permutation]).dataSync<'float32'>();
  });
  return content.kind === 'weight' && content.half === true
    ? { name, dims: shape, dataType: FLOAT16, rawData: bytesOf(toHalves(values)) }
    : { name, dims: shape, dataType: FLOAT, rawData: bytesOf(values) };
}

function valueMessage(name: string, sides: FileSides) {
  const dim = sides.map((side): SideMessage => (typeof side === 'number' ? { dimValue: side } : { dimParam: side }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
