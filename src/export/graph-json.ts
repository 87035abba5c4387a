import type { Attribute, DType, Endpoint, GraphNode } from '../engine/graph/graph-def.js';
import type { JsonObject } from '../support/json.js';

/**
 * A graph in the form that TensorFlow.js reads (`modelTopology` of a GraphModel): protobuf's JSON of a GraphDef, with 64-bit numbers as
 * strings. The values of constants are in the weight files.
 */
export function graphJson(nodes: Iterable<GraphNode>): JsonObject {
  return {
    node: [...nodes].map(({ name, op, inputs, attributes }) => ({
      name,
      op,
      ...(inputs.length > 0 && { input: [...inputs] }),
      attr: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeJson(value)])),
    })),
    library: {},
    versions: { producer: 1087, minConsumer: 12 },
  };
}

/** An input or output of a signature. */
export function endpointJson({ ref, dtype, shape }: Endpoint): JsonObject {
  return { name: ref, dtype: typeJson(dtype), tensorShape: shapeJson(shape) };
}

function attributeJson(attribute: Attribute): JsonObject {
  const { kind, value } = attribute;
  if (kind === 'type') return { type: typeJson(value) };
  if (kind === 'types') return { list: { type: value.map(typeJson) } };
  if (kind === 'int') return { i: String(value) };
  if (kind === 'ints') return { list: { i: value.map(String) } };
  if (kind === 'float') return { f: value };
  if (kind === 'floats') return { list: { f: [...value] } };
  if (kind === 'bool') return { b: value };
  if (kind === 'string') return { s: Buffer.from(value).toString('base64') };
  if (kind === 'shape') return { shape: shapeJson(value) };
  if (kind !== 'tensor') throw new Error(`TensorFlow.js has no attribute of the kind ${kind} here.`);
  return { tensor: { dtype: typeJson(value.dtype), tensorShape: shapeJson(value.shape) } };
}

const shapeJson = (shape: readonly number[]): JsonObject => ({ dim: shape.map((side) => ({ size: String(side) })) });

function typeJson(dtype: DType): string {
  const name = NAMES[dtype];
  if (name === undefined) throw new Error(`TensorFlow.js has no ${dtype}.`);
  return name;
}

const NAMES: Readonly<Partial<Record<DType, string>>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  string: 'DT_STRING',
  complex64: 'DT_COMPLEX64',
};
