import * as zlib from 'node:zlib';

/**
 * CRC-32 as zip has it (reflected polynomial 0xEDB88320), of bytes that follow those whose checksum is `before`.
 * Node's own is used where there is one (from 20.15).
 */
export const crc32: (bytes: Uint8Array, before: number) => number =
  (zlib as { readonly crc32?: typeof zlib.crc32 }).crc32 ?? byTable;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** The same on any Node. */
export function byTable(bytes: Uint8Array, before: number): number {
  let value = ~before;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255]! ^ (value >>> 8);
  return ~value >>> 0;
}
