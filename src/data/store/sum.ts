import { sha256Bytes } from '../../support/hash.js';

/** SHA-256. */
export function sumOf(bytes: Uint8Array): Buffer {
  return sha256Bytes(bytes);
}
