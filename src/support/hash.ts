import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { canonicalJson, type Json } from './json.js';

/** SHA-256 of a value's canonical JSON (or of bytes), in hexadecimal. */
export function sha256(value: Json | Uint8Array): string {
  const bytes = value instanceof Uint8Array ? value : canonicalJson(value);
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file's content, read in pieces. */
export async function sha256File(path: string | Buffer): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
