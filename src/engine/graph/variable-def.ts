/** A variable as a SavedModel lists it in its collections (tensorflow/core/framework/variable.proto): nodes of the graph. */
export interface VariableDef {
  /** VarHandleOp */
  readonly handle: string;
  /** The op that gives it its first value. */
  readonly initializer: string;
  /** ReadVariableOp */
  readonly snapshot: string;
}

/**
 * Python's loaders take the variables from these, so that a loaded model owns them, and its functions can be frozen and converted.
 * Written by hand, because tfjs-node ships no protobuf class for it: tag, length and text of each field, then two booleans.
 */
export function encodeVariableDef({ handle, initializer, snapshot }: VariableDef): Uint8Array {
  return Buffer.concat([
    text(1, `${handle}:0`),
    text(2, initializer),
    text(3, `${snapshot}:0`),
    truth(5), // is_resource
    truth(7), // trainable
  ]);
}

const LENGTH_DELIMITED = 2;
const VARINT = 0;

function text(field: number, value: string): Uint8Array {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([(field << 3) | LENGTH_DELIMITED, ...varint(bytes.length)]), bytes]);
}

const truth = (field: number): Uint8Array => Buffer.from([(field << 3) | VARINT, 1]);

/** Seven bits a byte, the lowest first. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
