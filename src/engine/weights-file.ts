import { createHash } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Weights } from '../registry/kinds/network.js';
import { errorCode } from '../support/files.js';

/**
 * A file of weights in TensorFlow.js's format: the tensors one after another as little-endian float32, in the order of `weights`.
 * `tf.io.decodeWeights(bytes, weights)` reads it, too.
 */
export interface WeightsFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly weights: readonly WeightEntry[];
}

export interface WeightEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32';
}

/** Writes tensors one by one, with only one in memory at a time, and flushes the file to the disk. */
export async function writeWeightsFile(dir: string, path: string, weights: Weights): Promise<WeightsFile> {
  const entries: WeightEntry[] = [];
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(join(dir, path), 'wx');
  try {
    for (const [name, tensor] of Object.entries(weights)) {
      const data = bytesOf(await tensor.data<'float32'>());
      await writeAll(file, data);
      hash.update(data);
      bytes += data.byteLength;
      entries.push({ name, shape: tensor.shape, dtype: 'float32' });
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest('hex'), weights: entries };
}

/**
 * Reads a file of weights into tensors, which the caller owns.
 *
 * @throws DamagedWeightsError when the file is missing or damaged
 */
export async function readWeightsFile(dir: string, file: WeightsFile): Promise<Weights> {
  const path = join(dir, file.path);
  const bytes = await readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') throw new DamagedWeightsError(`${path} is missing`);
    throw error;
  });
  if (bytes.byteLength !== file.bytes) {
    throw new DamagedWeightsError(`${path} has ${bytes.byteLength} bytes instead of ${file.bytes}`);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
    throw new DamagedWeightsError(`${path} does not have the content that was written (its SHA-256 differs)`);
  }
  const weights: Record<string, tf.Tensor> = {};
  let offset = 0;
  for (const { name, shape } of file.weights) {
    const size = tf.util.sizeFromShape([...shape]);
    // A copy, as a view into the middle of the file's buffer may not be aligned to 4 bytes.
    const values = new Float32Array(size);
    bytes.copy(new Uint8Array(values.buffer), 0, offset, offset + size * 4);
    weights[name] = tf.tensor(values, [...shape], 'float32');
    offset += size * 4;
  }
  return weights;
}

/** A damaged file of weights: missing, cut off or changed. */
export class DamagedWeightsError extends Error {}

function bytesOf(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

/** Repeats short writes of `FileHandle.write`. */
async function writeAll(file: FileHandle, data: Buffer): Promise<void> {
  for (let offset = 0; offset < data.byteLength;) {
    offset += (await file.write(data, offset)).bytesWritten;
  }
}
