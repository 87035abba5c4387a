import { DATA_TYPES } from './encoding.js';
import type { Attribute, ConstantTensor, Endpoint, GraphNode } from './graph-def.js';
import { pb, type Message } from './proto-classes.js';
import { encodeVariableDef, type VariableDef } from './variable-def.js';

/**
 * The bytes of a `saved_model.pb` (tensorflow/core/protobuf/saved_model.proto), written with the protobuf classes that tfjs-node ships.
 */
export interface SavedModelContent {
  readonly nodes: Iterable<GraphNode>;
  /** By name; each with its inputs and outputs by name. */
  readonly signatures?: Readonly<Record<string, Signature>>;
  /** The nodes that restore the variables from `variables/variables`; without them the model has none. */
  readonly saver?: Saver;
  /** The variables that Python's loaders are to own; none by default. */
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

/** Any TensorFlow from 2.9 on runs these graphs: the version of its ops that a graph says it was made for. */
const PRODUCER = 1087;

/** @returns the bytes of a SavedModel with the tag `serve` */
export function encodeSavedModel({ nodes, signatures = {}, saver, variables }: SavedModelContent): Uint8Array {
  const graph = new pb.GraphDef();
  graph.setNodeList([...nodes].map(encodeNode));
  const versions = new pb.VersionDef();
  versions.setProducer(PRODUCER);
  graph.setVersions(versions);

  const info = new pb.MetaGraphDef.MetaInfoDef();
  info.addTags('serve');
  const meta = new pb.MetaGraphDef();
  meta.setMetaInfoDef(info);
  meta.setGraphDef(graph);
  for (const [name, signature] of Object.entries(signatures)) {
    meta.getSignatureDefMap().set(name, encodeSignature(signature));
  }
  if (saver !== undefined) meta.setSaverDef(encodeSaver(saver));
  for (const name of variables === undefined ? [] : ['variables', 'trainable_variables']) {
    meta.getCollectionDefMap().set(name, encodeCollection(variables!.map(encodeVariableDef)));
  }

  const model = new pb.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(meta);
  return model.serializeBinary();
}

function encodeNode({ name, op, inputs, attributes }: GraphNode): Message {
  const node = new pb.NodeDef();
  node.setName(name);
  node.setOp(op);
  node.setInputList([...inputs]);
  const map = node.getAttrMap();
  for (const [key, attribute] of Object.entries(attributes)) map.set(key, encodeAttribute(attribute));
  return node;
}

function encodeAttribute(from: Attribute): Message {
  const attribute = new pb.AttrValue();
  if (from.kind === 'type') attribute.setType(DATA_TYPES[from.value]);
  else if (from.kind === 'int') attribute.setI(from.value);
  else if (from.kind === 'float') attribute.setF(from.value);
  else if (from.kind === 'bool') attribute.setB(from.value);
  else if (from.kind === 'string') attribute.setS(Buffer.from(from.value));
  else if (from.kind === 'shape') attribute.setShape(encodeShape(from.value));
  else if (from.kind === 'tensor') attribute.setTensor(encodeTensor(from.value));
  else attribute.setList(encodeList(from));
  return attribute;
}

function encodeList(from: Extract<Attribute, { readonly kind: 'types' | 'ints' | 'floats' }>): Message {
  const list = new pb.AttrValue.ListValue();
  if (from.kind === 'types') list.setTypeList(from.value.map((type) => DATA_TYPES[type]));
  else if (from.kind === 'ints') list.setIList([...from.value]);
  else list.setFList([...from.value]);
  return list;
}

function encodeTensor({ dtype, shape, values }: ConstantTensor): Message {
  const tensor = new pb.Tensor();
  tensor.setDtype(DATA_TYPES[dtype]);
  tensor.setTensorShape(encodeShape(shape));
  if (ArrayBuffer.isView(values)) {
    tensor.setTensorContent(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  } else {
    tensor.setStringValList(values.map((text) => Buffer.from(text)));
  }
  return tensor;
}

function encodeShape(shape: readonly number[]): Message {
  const message = new pb.TensorShape();
  for (const side of shape) {
    const dim = new pb.TensorShape.Dim();
    dim.setSize(side);
    message.addDim(dim);
  }
  return message;
}

function encodeSignature({ inputs, outputs }: Signature): Message {
  const signature = new pb.SignatureDef();
  signature.setMethodName('tensorflow/serving/predict');
  for (const [name, endpoint] of Object.entries(inputs)) signature.getInputsMap().set(name, encodeEndpoint(endpoint));
  for (const [name, endpoint] of Object.entries(outputs)) signature.getOutputsMap().set(name, encodeEndpoint(endpoint));
  return signature;
}

function encodeEndpoint({ ref, dtype, shape }: Endpoint): Message {
  const info = new pb.TensorInfo();
  info.setName(ref);
  info.setDtype(DATA_TYPES[dtype]);
  info.setTensorShape(encodeShape(shape));
  return info;
}

function encodeCollection(values: readonly Uint8Array[]): Message {
  const list = new pb.CollectionDef.BytesList();
  list.setValueList([...values]);
  const collection = new pb.CollectionDef();
  collection.setBytesList(list);
  return collection;
}

function encodeSaver({ filename, save, restore }: Saver): Message {
  const saver = new pb.SaverDef();
  saver.setFilenameTensorName(`${filename}:0`);
  saver.setSaveTensorName(`${save}:0`);
  saver.setRestoreOpName(restore);
  saver.setVersion(pb.SaverDef.CheckpointFormatVersion.V2);
  return saver;
}
