import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as ops from '../engine/ops.js';
import * as random from '../engine/random-tensors.js';
import type { Initializer, Network, RandomKey, Weights, WeightSpec } from '../registry/kinds/network.js';
import { batchNorm, instanceNorm, layerNorm } from './norms.js';
import { spectralNorm } from './spectral-norm.js';

/** A layer is a small network; its weights are called `<name>/kernel`, `<name>/scale`... */
export type Layer = Network;

/** N(0, 0.02) for kernels and N(1, 0.02) for scales, as in the paper's code and the tutorial. */
const KERNEL: Initializer = { kind: 'normal', mean: 0, stddev: 0.02 };
const SCALE: Initializer = { kind: 'normal', mean: 1, stddev: 0.02 };
const ZEROS: Initializer = { kind: 'zeros' };

/** Applies layers one after another. */
export function sequential(...layers: readonly Layer[]): Layer {
  return {
    weights: layers.flatMap((layer) => layer.weights),
    apply: (weights, x, key) => layers.reduce((h, layer) => layer.apply(weights, h, key), x),
  };
}

/** A part of a network whose output has a name: see `NetworkFeatures`. */
export interface Stage {
  readonly name?: string;
  readonly layer: Layer;
}

/** The outputs of the stages of these names, in the stages' order, in a pass that ends at the last of them. */
export function outputsOf(
  stages: readonly Stage[],
  names: readonly string[],
  weights: Weights,
  x: Tensor4D,
  key?: RandomKey,
): readonly Tensor4D[] {
  const outputs: Tensor4D[] = [];
  let h = x;
  for (const { name, layer } of stages) {
    if (outputs.length === names.length) break;
    h = layer.apply(weights, h, key);
    if (name !== undefined && names.includes(name)) outputs.push(h);
  }
  return outputs;
}

export interface ConvShape {
  /** Side of the square kernel. */
  readonly kernel: number;
  readonly stride?: number;
  /** Channels of the input and of the output. */
  readonly from: number;
  readonly to: number;
  /** As in TensorFlow: `same` (default) gives size / stride, `valid` adds no padding. */
  readonly padding?: 'same' | 'valid';
  /** By default there is none: an instance norm after the convolution would remove it. */
  readonly bias?: boolean;
  /** Whether the kernel is divided by its largest singular value: see {@link spectralNorm}. */
  readonly spectral?: boolean;
}

/** Convolution. [b, h, w, from] to [b, h / stride, w / stride, to] with `same` padding. */
export function conv(name: string, shape: ConvShape): Layer {
  const { kernel, stride = 1, from, to, padding = 'same', bias, spectral = false } = shape;
  const kernelOf = (weights: Weights) => get4d(weights, `${name}/kernel`);
  return biased(name, to, bias, {
    weights: [{ name: `${name}/kernel`, shape: [kernel, kernel, from, to], initial: KERNEL }],
    apply: (weights, x) =>
      tf.conv2d(x, spectral ? spectralNorm(kernelOf(weights)) : kernelOf(weights), stride, padding),
  });
}

/** Transposed convolution. [b, h, w, from] to [b, h * stride, w * stride, to]; `valid` padding: h * stride + kernel - stride. */
export function convTranspose(
  name: string,
  { kernel, stride = 1, from, to, padding = 'same', bias }: ConvShape,
): Layer {
  const side = (size: number) => size * stride + (padding === 'valid' ? Math.max(0, kernel - stride) : 0);
  return biased(name, to, bias, {
    weights: [{ name: `${name}/kernel`, shape: [kernel, kernel, to, from], initial: KERNEL }],
    apply: (weights, x) => {
      const [batch, height, width] = x.shape;
      const shape: [number, number, number, number] = [batch, side(height), side(width), to];
      return tf.conv2dTranspose(x, get4d(weights, `${name}/kernel`), shape, stride, padding);
    },
  });
}

export type Norm = 'instance' | 'batch' | 'layer' | 'none';

/** Options of a network's norms and biases: see {@link NORM_OPTION}, {@link AFFINE_OPTION} and {@link BIAS_OPTION}. */
export interface NormOptions {
  readonly norm: Norm;
  readonly affine?: boolean;
  readonly bias?: boolean;
}

/** Whether a convolution before such a norm has a bias. */
export const hasBias = ({ norm, bias = false }: NormOptions): boolean =>
  bias && norm !== 'instance' && norm !== 'batch';

/** The norm after a convolution, with a learned scale and offset of each channel unless it is not affine. */
export function norm({ norm: kind, affine = true }: NormOptions, name: string, channels: number): Layer {
  if (kind === 'none') return sequential();
  const inTraining = { instance: instanceNorm, batch: batchNorm, layer: layerNorm }[kind];
  const alone = kind === 'batch' ? instanceNorm : inTraining;
  const normalize = (x: Tensor4D, scale: Tensor1D, offset: Tensor1D, key: RandomKey | undefined) =>
    (key === undefined ? alone : inTraining)(x, scale, offset);
  if (!affine) return plain((x, key) => normalize(x, tf.ones([channels]), tf.zeros([channels]), key));
  const weights: WeightSpec[] = [
    { name: `${name}/scale`, shape: [channels], initial: SCALE },
    { name: `${name}/offset`, shape: [channels], initial: ZEROS },
  ];
  return {
    weights,
    apply: (weights, x, key) => normalize(x, get1d(weights, `${name}/scale`), get1d(weights, `${name}/offset`), key),
  };
}

export const relu: Layer = plain(ops.relu);
export const tanh: Layer = plain((x) => tf.tanh(x));
export const leakyRelu = (slope: number): Layer => plain((x) => (slope > 0 ? ops.leakyRelu(x, slope) : ops.relu(x)));
export const reflectPad = (size: number): Layer => plain((x) => ops.reflectPad(x, size));

/** Pads the image with zeros: `before` rows and columns at the top and left, `after` at the bottom and right. */
export const zeroPad = (before: number, after: number): Layer =>
  plain((x) => tf.pad(x, [[0, 0], [before, after], [before, after], [0, 0]])); // prettier-ignore

/** Removes rows at the top and columns on the left. */
export const cropStart = (size: number): Layer => plain((x) => tf.slice(x, [0, size, size, 0]));

/** @param site index of the dropout layer in the network, so that each draws its own mask from the step's key */
export function dropout(rate: number, site: number): Layer {
  return plain((x, key) => (key && rate > 0 ? random.dropout(x, rate, random.foldKey(key, 'site', site)) : x));
}

/** A layer without weights. */
export function plain(apply: (x: Tensor4D, key?: RandomKey) => Tensor4D): Layer {
  return { weights: [], apply: (_, x, key) => apply(x, key) };
}

function biased(name: string, channels: number, bias: boolean | undefined, layer: Layer): Layer {
  if (!bias) return layer;
  return {
    weights: [...layer.weights, { name: `${name}/bias`, shape: [channels], initial: ZEROS }],
    apply: (weights, x, key) => tf.add(layer.apply(weights, x, key), get1d(weights, `${name}/bias`)),
  };
}

const get1d = (weights: Weights, name: string) => weights[name] as Tensor1D;
const get4d = (weights: Weights, name: string) => weights[name] as Tensor4D;
