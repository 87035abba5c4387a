import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { StateDict, TorchTensor } from '../../../torch/state-dict.js';
import { unreadable } from '../../../torch/unreadable.js';

/** A convolution with its batch normalisation folded into it. */
export interface FoldedKernel {
  /** [h, w, in, out]; of a depthwise convolution [h, w, channels, 1]. */
  readonly kernel: Tensor4D;
  readonly bias: Tensor1D;
}

/** Of batch normalisation, as in TensorFlow's EfficientNet. */
const EPSILON = 1e-3;

/** A convolution's kernel from PyTorch's order [out, in, h, w]. @param norm its batch normalisation */
export function kernelOf(weights: StateDict, name: string, norm: string): FoldedKernel {
  const { shape, values } = weightOf(weights, `${name}.weight`, 4);
  const [out, into, height, width] = shape as [number, number, number, number];
  const { scale, bias } = normOf(weights, norm, out);
  const folded = new Float32Array(values.length);
  for (let o = 0, from = 0; o < out; o++) {
    for (let i = 0; i < into; i++) {
      for (let place = 0; place < height * width; place++) {
        folded[(place * into + i) * out + o] = values[from++]! * scale[o]!;
      }
    }
  }
  return { kernel: tf.tensor4d(folded, [height, width, into, out]), bias: tf.tensor1d(bias) };
}

/** A depthwise convolution's kernel from PyTorch's order [channels, 1, h, w]. */
export function depthwiseOf(weights: StateDict, name: string, norm: string): FoldedKernel {
  const { kernel, bias } = kernelOf(weights, name, norm);
  return { kernel: tf.reshape(kernel, [kernel.shape[0], kernel.shape[1], kernel.shape[3], 1]), bias };
}

/** A dense layer's kernel [in, out] from PyTorch's order [out, in]. */
export function denseOf(weights: StateDict, name: string): { readonly kernel: Tensor2D; readonly bias: Tensor1D } {
  const { shape, values } = weightOf(weights, `${name}.weight`, 2);
  const kernel = tf.transpose(tf.tensor2d(values, shape as [number, number]));
  return { kernel, bias: tf.tensor1d(weightOf(weights, `${name}.bias`, 1).values) };
}

/** y = scale x + bias: gamma (x - mean) / sqrt(variance + epsilon) + beta. */
function normOf(weights: StateDict, name: string, channels: number) {
  const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => {
    const { values } = weightOf(weights, `${name}.${part}`, 1);
    if (values.length !== channels) throw unreadable(`${name}.${part} does not fit its convolution`);
    return values;
  }) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const scale = Float64Array.from(gamma, (value, i) => value / Math.sqrt(variance[i]! + EPSILON));
  return { scale, bias: Float32Array.from(beta, (value, i) => value - mean[i]! * scale[i]!) };
}

function weightOf(weights: StateDict, name: string, rank: number): TorchTensor {
  const found = weights.get(name);
  if (found?.shape.length !== rank) throw unreadable(`it is of another network, without ${name}`);
  return found;
}
