import * as tf from '@tensorflow/tfjs-core';
import { usesGpu } from './backend.js';
import { loadTensorFlow } from './native.js';
import { usedCard, type UsedCard } from './used-card.js';

/** What a convolution on the engine's device showed. */
export interface DeviceTrial {
  readonly device: 'cpu' | 'gpu';
  /** Undefined on the processor, and where nvidia-smi does not answer. */
  readonly card?: UsedCard;
  /** For a 3x3 convolution of 64 channels to 64 at 256x256, at best. */
  readonly milliseconds: number;
  /** The largest absolute difference to the same sums in JavaScript, of numbers with a standard deviation of about 3. */
  readonly difference: number;
}

const SIDE = 12;
const CHANNELS = 8;

/** Convolves on the engine's device: compares a small result with plain JavaScript's, and times a large one. Loads the engine. */
export async function tryDevice(): Promise<DeviceTrial> {
  await loadTensorFlow();
  const device = usesGpu() ? 'gpu' : 'cpu';
  const card = device === 'gpu' ? usedCard(process.env) : undefined;
  return { device, ...(card && { card }), difference: largestDifference(), milliseconds: fastest() };
}

function largestDifference(): number {
  const image = numbers(SIDE * SIDE * CHANNELS, 1);
  const kernel = numbers(9 * CHANNELS * CHANNELS, 2);
  const computed = tf.tidy(() => {
    const x = tf.tensor4d(image, [1, SIDE, SIDE, CHANNELS]);
    return tf.conv2d(x, tf.tensor4d(kernel, [3, 3, CHANNELS, CHANNELS]), 1, 'valid').dataSync();
  });
  return convolve(image, kernel).reduce((most, value, i) => Math.max(most, Math.abs(value - computed[i]!)), 0);
}

/** The convolution by its definition. */
function convolve(image: Float32Array, kernel: Float32Array): number[] {
  const side = SIDE - 2;
  return Array.from({ length: side * side * CHANNELS }, (_, at) => {
    const [row, column, out] = [Math.floor(at / CHANNELS / side), Math.floor(at / CHANNELS) % side, at % CHANNELS];
    let sum = 0;
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < 3; x++)
        for (let channel = 0; channel < CHANNELS; channel++) {
          const pixel = image[((row + y) * SIDE + column + x) * CHANNELS + channel]!;
          sum += pixel * kernel[((y * 3 + x) * CHANNELS + channel) * CHANNELS + out]!;
        }
    return sum;
  });
}

/** The first times load cuDNN and choose its algorithm. */
function fastest(): number {
  const x = tf.ones<tf.Rank.R4>([1, 256, 256, 64]);
  const kernel = tf.ones<tf.Rank.R4>([3, 3, 64, 64]);
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    // Reading one number waits for the result, and copies no more than that.
    tf.tidy(() => tf.slice(tf.conv2d(x, kernel, 1, 'same'), [0, 0, 0, 0], [1, 1, 1, 1]).dataSync());
    return performance.now() - started;
  });
  tf.dispose([x, kernel]);
  return Math.min(...times);
}

/** In [-1, 1), the same on every machine. */
function numbers(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((((i + 1) * 7919 * seed + 104_729) % 2003) / 2003) * 2 - 1);
}
