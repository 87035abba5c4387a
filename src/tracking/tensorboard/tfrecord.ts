import { maskedCrc32c } from '../../support/crc32c.js';

/**
 * A record in the format of event files (tensorflow/core/lib/io/record_writer.h): length (uint64), masked CRC of the length (uint32), the
 * data, masked CRC of the data (uint32), all little-endian.
 */
export function framed(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}
