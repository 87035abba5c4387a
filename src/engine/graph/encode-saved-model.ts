import type { ShapeMessage, TensorMessage } from '../../support/protobuf.js';
import { DATA_TYPES } from './encoding.js';
import type { Argument, Attribute, ConstantTensor, Endpoint, GraphFunction, GraphNode } from './graph-def.js';
import {
  encodeSavedModelMessage,
  encodeVariableMessage,
  type AttributeMessage,
  type FunctionMessage,
  type MetaGraphMessage,
  type NodeMessage,
  type SaverMessage,
  type SignatureMessage,
  type TensorInfoMessage,
} from './graph-messages.js';

/** The content of a `saved_model.pb` (tensorflow/core/protobuf/saved_model.proto). */
export interface SavedModelContent {
  readonly nodes: Iterable<GraphNode>;
  /** What its nodes call; none by default. */
  readonly functions?: readonly GraphFunction[];
  /** By name; each with its inputs and outputs by name. */
  readonly signatures?: Readonly<Record<string, Signature>>;
  /** The nodes that restore the variables from `variables/variables`; without them the model has none. */
  readonly saver?: Saver;
  /** The variables that Python's loaders should own; none by default. */
  readonly variables?: readonly VariableDef[];
}
export interface Signature {
  readonly inputs: Readonly<Record<string, Endpoint>>;
  readonly outputs: Readonly<Record<string, Endpoint>>;
}
export interface Saver {
  /** The placeholder of the prefix of the files. */
  readonly filename: string;
  readonly save: string;
  readonly restore: string;
}
/** A variable as a SavedModel lists it in its collections (tensorflow/core/framework/variable.proto): nodes of the graph. */
export interface VariableDef {
  /** VarHandleOp */
  readonly handle: string;
  /** The op that assigns its first value. */
  readonly initializer: string;
  /** ReadVariableOp */
  readonly snapshot: string;
}

/** The version of the ops that a graph declares: TensorFlow 2.9 and later run it. */
const PRODUCER = 1087;
/** The format of the variables' files (SaverDef.CheckpointFormatVersion). */
const V2 = 2;

/** @returns the bytes of a SavedModel with the tag `serve` */
export function encodeSavedModel({
  nodes,
  functions = [],
  signatures = {},
  saver,
  variables,
}: SavedModelContent): Uint8Array {
  // Python's loaders read the variables from these, so that a loaded model owns them and its functions can be frozen and converted.
  const collections: MetaGraphMessage['collectionDef'] =
    variables === undefined ? {} : { trainable_variables: listOf(variables), variables: listOf(variables) };
  const meta = {
    metaInfoDef: { tags: ['serve'] },
    graphDef: {
      node: [...nodes].map(nodeMessage),
      ...(functions.length > 0 && { library: { function: functions.map(functionMessage) } }),
      versions: { producer: PRODUCER },
    },
    saverDef: saver && saverMessage(saver),
    collectionDef: collections,
    signatureDef: mapOf(signatures, signatureMessage),
  };
  return encodeSavedModelMessage({ savedModelSchemaVersion: 1, metaGraphs: [meta] });
}

function nodeMessage({ name, op, inputs, attributes, device }: GraphNode): NodeMessage {
  return {
    name,
    op,
    input: inputs,
    ...(device !== undefined && { device }),
    attr: mapOf(attributes, attributeMessage),
  };
}

function functionMessage({ name, inputs, outputs, body }: GraphFunction): FunctionMessage {
  const argument = ({ name, dtype }: Argument) => ({ name, type: DATA_TYPES[dtype] });
  return {
    signature: { name, inputArg: inputs.map(argument), outputArg: outputs.map(argument) },
    nodeDef: [...body].map(nodeMessage),
    ret: Object.fromEntries(outputs.map(({ name, ref }) => [name, ref])),
  };
}

function attributeMessage(from: Attribute): AttributeMessage {
  switch (from.kind) {
    case 'type':
      return { type: DATA_TYPES[from.value] };
    case 'int':
      return { i: from.value };
    case 'float':
      return { f: from.value };
    case 'bool':
      return { b: from.value };
    case 'string':
      return { s: Buffer.from(from.value) };
    case 'shape':
      return { shape: shapeMessage(from.value) };
    case 'shapes':
      return { list: { shape: from.value.map(shapeMessage) } };
    case 'function':
      return { func: { name: from.value } };
    case 'tensor':
      return { tensor: tensorMessage(from.value) };
    case 'types':
      return { list: { type: from.value.map((type) => DATA_TYPES[type]) } };
    case 'ints':
      return { list: { i: from.value } };
    case 'floats':
      return { list: { f: from.value } };
  }
}

function tensorMessage({ dtype, shape, values }: ConstantTensor): TensorMessage {
  const message = { dtype: DATA_TYPES[dtype], tensorShape: shapeMessage(shape) };
  if (!ArrayBuffer.isView(values)) return { ...message, stringVal: values.map((text) => Buffer.from(text)) };
  if (values.byteLength === 0) return message;
  return { ...message, tensorContent: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function shapeMessage(shape: readonly number[]): ShapeMessage {
  return { dim: shape.map((size) => (size === 0 ? {} : { size })) };
}

function signatureMessage({ inputs, outputs }: Signature): SignatureMessage {
  return {
    inputs: mapOf(inputs, infoMessage),
    outputs: mapOf(outputs, infoMessage),
    methodName: 'tensorflow/serving/predict',
  };
}

function infoMessage({ ref, dtype, shape }: Endpoint): TensorInfoMessage {
  return { name: ref, dtype: DATA_TYPES[dtype], tensorShape: shapeMessage(shape) };
}

function saverMessage({ filename, save, restore }: Saver): SaverMessage {
  return {
    filenameTensorName: `${filename}:0`,
    saveTensorName: `${save}:0`,
    restoreOpName: restore,
    version: V2,
  };
}

function listOf(variables: readonly VariableDef[]) {
  return { bytesList: { value: variables.map(encodeVariableDef) } };
}

function encodeVariableDef({ handle, initializer, snapshot }: VariableDef): Uint8Array {
  return encodeVariableMessage({
    variableName: `${handle}:0`,
    initializerName: initializer,
    snapshotName: `${snapshot}:0`,
    isResource: true,
    trainable: true,
  });
}

/** A map with its entries sorted by key, so that the same model gives the same bytes. */
function mapOf<T, M>(entries: Readonly<Record<string, T>>, message: (one: T) => M): Record<string, M> {
  const sorted = Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, one]) => [key, message(one)]));
}
