import { encoders } from '../../support/protobuf.js';

/**
 * The messages of an ONNX model, with the fields that are written: numbers and types are those of onnx/onnx.proto (version 8 of the
 * format). Enums are numbers here. Syntax proto2, as there: lists are not packed.
 */
export const ONNX_PROTO = `
syntax = "proto2";

message ModelProto {
  optional int64 ir_version = 1;
  optional string producer_name = 2;
  optional GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8;
  repeated StringStringEntryProto metadata_props = 14;
}
message OperatorSetIdProto {
  optional string domain = 1;
  optional int64 version = 2;
}
message StringStringEntryProto {
  optional string key = 1;
  optional string value = 2;
}
message GraphProto {
  repeated NodeProto node = 1;
  optional string name = 2;
  repeated TensorProto initializer = 5;
  optional string doc_string = 10;
  repeated ValueInfoProto input = 11;
  repeated ValueInfoProto output = 12;
}
message NodeProto {
  repeated string input = 1;
  repeated string output = 2;
  optional string name = 3;
  optional string op_type = 4;
  repeated AttributeProto attribute = 5;
}
message AttributeProto {
  optional string name = 1;
  optional float f = 2;
  optional int64 i = 3;
  optional bytes s = 4;
  repeated int64 ints = 8;
  optional int32 type = 20;
}
message TensorProto {
  repeated int64 dims = 1;
  optional int32 data_type = 2;
  optional string name = 8;
  optional bytes raw_data = 9;
}
message ValueInfoProto {
  optional string name = 1;
  optional TypeProto type = 2;
}
message TypeProto {
  message Tensor {
    optional int32 elem_type = 1;
    optional TensorShapeProto shape = 2;
  }
  optional Tensor tensor_type = 1;
}
message TensorShapeProto {
  message Dimension {
    optional int64 dim_value = 1;
    optional string dim_param = 2;
  }
  repeated Dimension dim = 1;
}
`;

/** The messages as TypeScript knows them. */
export interface ModelMessage {
  readonly irVersion: number;
  readonly producerName: string;
  readonly graph: GraphMessage;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
}

export interface GraphMessage {
  readonly node: readonly OnnxNodeMessage[];
  readonly name: string;
  readonly docString: string;
  readonly initializer: readonly OnnxTensorMessage[];
  readonly input: readonly ValueMessage[];
  readonly output: readonly ValueMessage[];
}

export interface OnnxNodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly attribute: readonly OnnxAttributeMessage[];
}

export type OnnxAttributeMessage = { readonly name: string; readonly type: number } & (
  { readonly f: number } | { readonly i: number } | { readonly s: Uint8Array } | { readonly ints: readonly number[] }
);

export interface OnnxTensorMessage {
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly name: string;
  readonly rawData: Uint8Array;
}

export interface ValueMessage {
  readonly name: string;
  readonly type: {
    readonly tensorType: { readonly elemType: number; readonly shape: { readonly dim: readonly SideMessage[] } };
  };
}

/** A size, or the name of one that is known when the model runs. */
export type SideMessage = { readonly dimValue: number } | { readonly dimParam: string };

/** The encoder of a model. It writes fields in the order of their numbers. */
export const encodeModelMessage = encoders(ONNX_PROTO)<ModelMessage>('ModelProto');
