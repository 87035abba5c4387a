import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { sha256 } from '../../support/hash.js';

/** A file's hash, with what tells whether the file has changed since. */
export interface HashedFile {
  readonly size: number;
  readonly mtimeMs: number;
  /** SHA-256 of its content, in hexadecimal. */
  readonly hash: string;
  /** When it was read, in milliseconds since 1970. */
  readonly readAt: number;
}

/** Bytes read at once. */
const PIECE = 1 << 20;
let piece: Buffer | undefined;

/**
 * Reads and hashes a file, blocking the thread: for a small file the system's calls take less time than handing each to the thread pool.
 *
 * @param most bytes; a larger file is not read
 * @returns nothing for a larger file
 * @throws the file system's error
 */
export function hashFile(path: string | Buffer, most = Infinity): HashedFile | undefined {
  const readAt = Date.now();
  const file = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(file);
    if (size > most) return undefined;
    piece ??= Buffer.allocUnsafeSlow(PIECE);
    let read = readSync(file, piece, 0, PIECE, null);
    // A file that has its size needs no second read; a change after that is seen by its time, as one after the last read is.
    if (read === size && size > 0) return { size, mtimeMs, hash: sha256(piece.subarray(0, read)), readAt };
    const hash = createHash('sha256');
    for (; read > 0; read = readSync(file, piece, 0, PIECE, null)) hash.update(piece.subarray(0, read));
    return { size, mtimeMs, hash: hash.digest('hex'), readAt };
  } finally {
    closeSync(file);
  }
}
