import { encoders, TENSOR_PROTO, type ShapeMessage, type TensorMessage } from '../../support/protobuf.js';

/**
 * The messages of a SavedModel, with the fields that are written here. Numbers and types are those of
 * tensorflow/core/protobuf/{saved_model,meta_graph,saver}.proto and
 * tensorflow/core/framework/{graph,versions,node_def,attr_value,tensor,tensor_shape,variable,function,op_def}.proto. Enums are numbers here.
 */
const PROTO = `
syntax = "proto3";

message SavedModel {
  int64 saved_model_schema_version = 1;
  repeated MetaGraphDef meta_graphs = 2;
}
message MetaGraphDef {
  message MetaInfoDef { repeated string tags = 4; }
  MetaInfoDef meta_info_def = 1;
  GraphDef graph_def = 2;
  SaverDef saver_def = 3;
  map<string, CollectionDef> collection_def = 4;
  map<string, SignatureDef> signature_def = 5;
}

message GraphDef {
  repeated NodeDef node = 1;
  FunctionDefLibrary library = 2;
  VersionDef versions = 4;
}
message VersionDef { int32 producer = 1; }
message NodeDef {
  string name = 1;
  string op = 2;
  repeated string input = 3;
  string device = 4;
  map<string, AttrValue> attr = 5;
}
message AttrValue {
  message ListValue {
    repeated int64 i = 3;
    repeated float f = 4;
    repeated int32 type = 6;
    repeated TensorShapeProto shape = 7;
  }
  oneof value {
    ListValue list = 1;
    bytes s = 2;
    int64 i = 3;
    float f = 4;
    bool b = 5;
    int32 type = 6;
    TensorShapeProto shape = 7;
    TensorProto tensor = 8;
    NameAttrList func = 10;
  }
}
message NameAttrList { string name = 1; }
message FunctionDefLibrary { repeated FunctionDef function = 1; }
message FunctionDef {
  OpDef signature = 1;
  repeated NodeDef node_def = 3;
  map<string, string> ret = 4;
}
message OpDef {
  message ArgDef {
    string name = 1;
    int32 type = 3;
  }
  string name = 1;
  repeated ArgDef input_arg = 2;
  repeated ArgDef output_arg = 3;
}
${TENSOR_PROTO}
message SignatureDef {
  map<string, TensorInfo> inputs = 1;
  map<string, TensorInfo> outputs = 2;
  string method_name = 3;
}
message TensorInfo {
  string name = 1;
  int32 dtype = 2;
  TensorShapeProto tensor_shape = 3;
}

message SaverDef {
  string filename_tensor_name = 1;
  string save_tensor_name = 2;
  string restore_op_name = 3;
  int32 version = 7;
}
message CollectionDef {
  message BytesList { repeated bytes value = 1; }
  BytesList bytes_list = 2;
}
message VariableDef {
  string variable_name = 1;
  string initializer_name = 2;
  string snapshot_name = 3;
  bool is_resource = 5;
  bool trainable = 7;
}
`;

/** The messages as TypeScript knows them. */
export interface SavedModelMessage {
  readonly savedModelSchemaVersion: number;
  readonly metaGraphs: readonly MetaGraphMessage[];
}

export interface MetaGraphMessage {
  readonly metaInfoDef: { readonly tags: readonly string[] };
  readonly graphDef: {
    readonly node: readonly NodeMessage[];
    readonly library?: { readonly function: readonly FunctionMessage[] };
    readonly versions: { readonly producer: number };
  };
  readonly saverDef?: SaverMessage | undefined;
  readonly collectionDef: Readonly<Record<string, { readonly bytesList: { readonly value: readonly Uint8Array[] } }>>;
  readonly signatureDef: Readonly<Record<string, SignatureMessage>>;
}

export interface NodeMessage {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly device?: string | undefined;
  readonly attr: Readonly<Record<string, AttributeMessage>>;
}

export interface FunctionMessage {
  readonly signature: {
    readonly name: string;
    readonly inputArg: readonly ArgumentMessage[];
    readonly outputArg: readonly ArgumentMessage[];
  };
  readonly nodeDef: readonly NodeMessage[];
  /** Values in the body by the names of outputs. */
  readonly ret: Readonly<Record<string, string>>;
}

export interface ArgumentMessage {
  readonly name: string;
  readonly type: number;
}

export type AttributeMessage =
  | {
      readonly list:
        | { readonly i: readonly number[] }
        | { readonly f: readonly number[] }
        | { readonly type: readonly number[] }
        | { readonly shape: readonly ShapeMessage[] };
    }
  | { readonly s: Uint8Array }
  | { readonly i: number }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: number }
  | { readonly shape: ShapeMessage }
  | { readonly tensor: TensorMessage }
  | { readonly func: { readonly name: string } };

export interface SignatureMessage {
  readonly inputs: Readonly<Record<string, TensorInfoMessage>>;
  readonly outputs: Readonly<Record<string, TensorInfoMessage>>;
  readonly methodName: string;
}

export interface TensorInfoMessage {
  readonly name: string;
  readonly dtype: number;
  readonly tensorShape: ShapeMessage;
}

export interface SaverMessage {
  readonly filenameTensorName: string;
  readonly saveTensorName: string;
  readonly restoreOpName: string;
  /** 2 is the format V2. */
  readonly version: number;
}

export interface VariableMessage {
  readonly variableName: string;
  readonly initializerName: string;
  readonly snapshotName: string;
  readonly isResource: boolean;
  readonly trainable: boolean;
}

const encoderOf = encoders(PROTO);

/** Encoders of messages. They write fields in the order of their numbers, including default values: omit those. */
export const encodeSavedModelMessage = encoderOf<SavedModelMessage>('SavedModel');
export const encodeVariableMessage = encoderOf<VariableMessage>('VariableDef');
