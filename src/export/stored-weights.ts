import * as tf from '@tensorflow/tfjs-core';
import type { ExportedGenerator } from '../registry/kinds/export-format.js';
import type { Weights } from '../registry/kinds/network.js';
import { fromHalves, toHalves } from './half-precision.js';
import { EXACT, type Bound } from './same-image.js';
import type { ManifestEntry } from './shards.js';

/** How the kernels of a GraphModel are stored. TensorFlow.js computes in float32 with each. */
export type KernelPrecision = 'float32' | 'float16' | 'uint8';

/**
 * How far from the network's a translation may be: a pixel of [-1, 1]. Over 61 photographs, a trained ResNet-6 with kernels of float16 differed by at
 * most 1 of 256 levels, with kernels of one byte by at most 5 (0.3 on average).
 */
export const BOUNDS: Readonly<Record<KernelPrecision, Bound>> = {
  float32: EXACT,
  float16: { tolerance: 6 / 255, cure: 'Its kernels lose too much in half precision. Take precision: float32.' },
  uint8: { tolerance: 64 / 255, cure: 'Its kernels lose too much in one byte each. Take precision: float16.' },
};

/** A weight as it is stored. */
export interface StoredWeight {
  readonly entry: ManifestEntry;
  readonly bytes: Uint8Array;
}

/**
 * A weight in TensorFlow.js's format, where `quantization` of a manifest's entry says how its bytes become float32. Scales, offsets and
 * biases are few and matter more, so they stay float32.
 */
export function storedWeight(
  name: string,
  shape: readonly number[],
  values: Float32Array,
  precision: KernelPrecision,
): StoredWeight {
  const entry = { name, shape, dtype: 'float32' } as const;
  if (precision === 'float32' || shape.length < 2) return { entry, bytes: bytesOf(values) };
  if (precision === 'float16') {
    return {
      entry: { ...entry, quantization: { dtype: 'float16', original_dtype: 'float32' } },
      bytes: bytesOf(toHalves(values)),
    };
  }
  const { quantized, scale, min } = toBytes(values);
  return {
    entry: { ...entry, quantization: { dtype: 'uint8', scale, min, original_dtype: 'float32' } },
    bytes: quantized,
  };
}

/** A generator's weights as TensorFlow.js reads them back; the caller owns them. */
export function weightsAsStored({ weights }: Pick<ExportedGenerator, 'weights'>, precision: KernelPrecision): Weights {
  const read = ([name, weight]: [string, tf.Tensor]) => {
    const { entry, bytes } = storedWeight(name, weight.shape, weight.dataSync<'float32'>(), precision);
    return [name, tf.tensor(valuesOf(bytes, entry), weight.shape)];
  };
  return Object.fromEntries(Object.entries(weights).map(read)) as Weights;
}

function valuesOf({ buffer, byteOffset, byteLength }: Uint8Array, { quantization }: ManifestEntry): Float32Array {
  if (quantization === undefined) return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (quantization.dtype === 'float16') return fromHalves(new Uint16Array(buffer, byteOffset, byteLength / 2));
  const { scale, min } = quantization;
  return Float32Array.from(new Uint8Array(buffer, byteOffset, byteLength), (level) => level * scale + min);
}

/** 256 levels from the least to the largest value: value = level * scale + min, as TensorFlow.js reads them. */
function toBytes(values: Float32Array): { quantized: Uint8Array; scale: number; min: number } {
  const [min, max] = values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const scale = max > min ? (max - min) / 255 : 1;
  return { quantized: Uint8Array.from(values, (value) => Math.round((value - min) / scale)), scale, min };
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
