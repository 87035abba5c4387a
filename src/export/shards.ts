import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A tensor in a weights manifest of TensorFlow.js. */
export interface ManifestEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** How it is stored, if not in its dtype. */
  readonly quantization?: Quantization;
}

export type Quantization =
  | { readonly dtype: 'float16'; readonly original_dtype: 'float32' }
  | { readonly dtype: 'uint8'; readonly scale: number; readonly min: number; readonly original_dtype: 'float32' };

/** A group of a weights manifest. Its tensors are stored one after the other in its files. */
export interface ManifestGroup {
  readonly paths: readonly string[];
  readonly weights: readonly ManifestEntry[];
}

/** The shard size of TensorFlow.js's converter: browsers cache files up to this size. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * Writes tensors in TensorFlow.js's format, little endian, in files of 4 MB. One tensor is in memory at a time.
 *
 * @param group prefix of the file names: `group1-shard1of3.bin`
 * @param read returns the bytes of a tensor
 */
export async function writeShards(
  dir: string,
  group: string,
  entries: readonly ManifestEntry[],
  read: (entry: ManifestEntry) => Uint8Array | Promise<Uint8Array>,
): Promise<ManifestGroup> {
  const total = entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
  const count = Math.max(1, Math.ceil(total / SHARD_BYTES));
  const paths = Array.from({ length: count }, (_, i) => `${group}-shard${i + 1}of${count}.bin`);
  let written = 0;
  let shard = await open(join(dir, paths[0]!), 'wx');
  const next = async () => {
    await shard.sync();
    await shard.close();
    shard = await open(join(dir, paths[written / SHARD_BYTES]!), 'wx');
  };
  try {
    for (const entry of entries) {
      let bytes = await read(entry);
      if (bytes.byteLength !== bytesOf(entry)) throw new Error(`${entry.name} has ${bytes.byteLength} bytes.`);
      while (bytes.byteLength > 0) {
        if (written > 0 && written % SHARD_BYTES === 0) await next();
        const part = bytes.subarray(0, SHARD_BYTES - (written % SHARD_BYTES));
        await shard.writeFile(part);
        written += part.byteLength;
        bytes = bytes.subarray(part.byteLength);
      }
    }
    await shard.sync();
  } finally {
    await shard.close();
  }
  return { paths, weights: entries };
}

function bytesOf({ shape, dtype, quantization }: ManifestEntry): number {
  return shape.reduce((size, side) => size * side, 1) * BYTES[quantization?.dtype ?? dtype];
}

const BYTES = { float32: 4, int32: 4, bool: 1, float16: 2, uint8: 1 } as const;
