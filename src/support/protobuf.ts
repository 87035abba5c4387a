import protobuf from 'protobufjs';

/**
 * TensorFlow's tensor messages, for .proto texts that contain one (tensorflow/core/framework/{tensor,tensor_shape}.proto): only the fields
 * that are written. Types are numbers.
 */
export const TENSOR_PROTO = `
message TensorProto {
  int32 dtype = 1;
  TensorShapeProto tensor_shape = 2;
  bytes tensor_content = 4;
  repeated bytes string_val = 8;
}
message TensorShapeProto {
  message Dim { int64 size = 1; }
  repeated Dim dim = 2;
}
`;

/** {@link TENSOR_PROTO} as a TypeScript type. */
export interface TensorMessage {
  readonly dtype: number;
  readonly tensorShape: ShapeMessage;
  readonly tensorContent?: Uint8Array;
  readonly stringVal?: readonly Uint8Array[];
}

export interface ShapeMessage {
  readonly dim: readonly { readonly size?: number }[];
}

/**
 * Returns decoders by message name, from bytes to fields in camelCase. Bytes are views into the message; 64-bit numbers are not converted.
 *
 * @param proto a .proto file's text
 */
export function decoders(proto: string): <T extends object>(message: string) => (bytes: Uint8Array) => T {
  const { root } = protobuf.parse(proto);
  return <T extends object>(message: string) => {
    const type = root.lookupType(message);
    return (bytes) => type.decode(bytes) as unknown as T;
  };
}

/** Returns encoders by message name, from fields in camelCase to bytes. @param proto a .proto file's text */
export function encoders(proto: string): <T extends object>(message: string) => (fields: T) => Uint8Array {
  const { root } = protobuf.parse(proto);
  return (message) => {
    const type = root.lookupType(message);
    return (fields) => type.encode(fields).finish();
  };
}
