import { maskedCrc32c } from '../../../src/support/crc32c.js';

/** A TFRecord file of these records. */
export function tfrecordFile(records: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    records.flatMap((data) => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(data.length));
      return [length, crc(length), data, crc(data)];
    }),
  );
}

/** A tf.train.Example of features with one value of bytes each. */
export function example(features: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const entries = Object.entries(features).map(([key, value]) =>
    field(1, field(1, Buffer.from(key)), field(2, field(1, field(1, Buffer.from(value))))),
  );
  return field(1, ...entries);
}

/** A length-delimited field of a protocol buffer. */
function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function crc(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(maskedCrc32c(bytes));
  return sum;
}
