import * as zlib from 'node:zlib';

/**
 * CRC-32 as in zip (reflected polynomial 0xEDB88320), continued from the checksum `before` of the preceding bytes.
 * Uses Node's own function where it exists (from 20.15).
 */
export const crc32: (bytes: Uint8Array, before: number) => number =
  (zlib as { readonly crc32?: typeof zlib.crc32 }).crc32 ?? byTable;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The same, for versions of Node without it. */
export function byTable(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}
