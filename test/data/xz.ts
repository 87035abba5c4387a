import { byTable } from '../../src/data/unpack/crc32.js';

/**
 * A file in the xz format that stores its content uncompressed, as Node has no compressor for it (the .xz file format 1.2.1, and the
 * chunks of LZMA2).
 *
 * @param dictionary the size of LZMA2's dictionary as the format encodes it; 64 KiB by default
 */
export function xz(content: Uint8Array, dictionary = 8): Buffer {
  const flags = Buffer.from([0, CRC32]);
  const header = Buffer.concat([Buffer.from('\xfd7zXZ\0', 'latin1'), flags, checksum(flags)]);
  // One filter, LZMA2.
  const block = withChecksum(Buffer.from([2, 0, 0x21, 1, dictionary, 0, 0, 0]));
  const chunks = lzma2(content);
  const size = block.length + chunks.length + 4;
  const body = Buffer.concat([block, padded(chunks), checksum(content)]);
  const index = withChecksum(padded(Buffer.from([0, 1, ...multibyte(size), ...multibyte(content.length)])));
  const backward = Buffer.alloc(4);
  backward.writeUInt32LE(index.length / 4 - 1);
  const footer = Buffer.concat([backward, flags]);
  return Buffer.concat([header, body, index, checksum(footer), footer, Buffer.from('YZ')]);
}

/** The kind of check: CRC-32. */
const CRC32 = 1;
const CHUNK = 65536;

function lzma2(content: Uint8Array): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < content.length; at += CHUNK) {
    const chunk = content.subarray(at, at + CHUNK);
    parts.push(Buffer.from([at === 0 ? 1 : 2, (chunk.length - 1) >> 8, (chunk.length - 1) & 255]), chunk);
  }
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function multibyte(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...multibyte(value >>> 7)];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

function withChecksum(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, checksum(bytes)]);
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(byTable(bytes, 0));
  return sum;
}
