import { createRequire } from 'node:module';

/** The protobuf classes that tfjs-node ships. */
export const pb = createRequire(import.meta.url)('#tfjs-node/proto/api_pb.js') as Generated;

/** What is used of google-protobuf's generated classes, which come without types. */
export type Message = object;
interface Fields<Value> {
  set(key: string, value: Value): void;
}
interface Generated {
  GraphDef: new () => Message & { setNodeList(nodes: Message[]): void; setVersions(versions: Message): void };
  VersionDef: new () => Message & { setProducer(version: number): void };
  NodeDef: new () => Message & {
    setName(name: string): void;
    setOp(op: string): void;
    setInputList(inputs: string[]): void;
    getAttrMap(): Fields<Message>;
  };
  AttrValue: (new () => Message & {
    setType(type: number): void;
    setI(value: number): void;
    setF(value: number): void;
    setB(value: boolean): void;
    setS(value: Uint8Array): void;
    setShape(shape: Message): void;
    setTensor(tensor: Message): void;
    setList(list: Message): void;
  }) & {
    ListValue: new () => Message & {
      setTypeList(types: number[]): void;
      setIList(values: number[]): void;
      setFList(values: number[]): void;
    };
  };
  Tensor: new () => Message & {
    setDtype(type: number): void;
    setTensorShape(shape: Message): void;
    setTensorContent(bytes: Uint8Array): void;
    setStringValList(values: Uint8Array[]): void;
  };
  TensorShape: (new () => Message & { addDim(dim: Message): void }) & {
    Dim: new () => Message & { setSize(size: number): void };
  };
  SignatureDef: new () => Message & {
    setMethodName(name: string): void;
    getInputsMap(): Fields<Message>;
    getOutputsMap(): Fields<Message>;
  };
  TensorInfo: new () => Message & {
    setName(name: string): void;
    setDtype(type: number): void;
    setTensorShape(shape: Message): void;
  };
  MetaGraphDef: (new () => Message & {
    setMetaInfoDef(info: Message): void;
    setGraphDef(graph: Message): void;
    setSaverDef(saver: Message): void;
    getSignatureDefMap(): Fields<Message>;
    getCollectionDefMap(): Fields<Message>;
  }) & { MetaInfoDef: new () => Message & { addTags(tag: string): void } };
  CollectionDef: (new () => Message & { setBytesList(list: Message): void }) & {
    BytesList: new () => Message & { setValueList(values: Uint8Array[]): void };
  };
  SaverDef: (new () => Message & {
    setFilenameTensorName(name: string): void;
    setSaveTensorName(name: string): void;
    setRestoreOpName(name: string): void;
    setVersion(version: number): void;
  }) & { CheckpointFormatVersion: { V2: number } };
  SavedModel: new () => Message & {
    setSavedModelSchemaVersion(version: number): void;
    addMetaGraphs(graph: Message): void;
    serializeBinary(): Uint8Array;
  };
}
