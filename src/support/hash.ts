import * as crypto from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson, type Json } from './json.js';

/** SHA-256 of a value's canonical JSON (or of bytes), in hexadecimal. */
export function sha256(value: Json | Uint8Array): string {
  const bytes = value instanceof Uint8Array ? value : canonicalJson(value);
  return oneShot ? oneShot('sha256', bytes) : crypto.createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of bytes. */
export function sha256Bytes(bytes: Uint8Array): Buffer {
  return oneShot ? oneShot('sha256', bytes, 'buffer') : crypto.createHash('sha256').update(bytes).digest();
}

/** Node has it since 20.12 and 21.7. An object for each hash takes longer than hashing a small image's file. */
const oneShot = (crypto as Partial<typeof crypto>).hash;

/** SHA-256 of a file's content, read in pieces. */
export async function sha256File(path: string | Buffer): Promise<string> {
  const hash = crypto.createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
