import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { ExportedGenerator } from '../../src/registry/kinds/export-format.js';
import type { Initializer, NetworkSizes } from '../../src/registry/kinds/network.js';
import { selfAttention } from '../../src/models/attention.js';
import { generatorOf, GENERATORS } from './rig.js';

type Apply = (x: Tensor4D, weight: (name: string) => Tensor) => Tensor;

/** A small network of a plugin: for images of 16 pixels, from x [b, h, w, 3] to the same. */
export interface SmallNetwork {
  readonly apply: Apply;
  /** Shapes of its weights. */
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  readonly sizes?: NetworkSizes;
  /** Whether the ONNX model takes any size; by default it does. */
  readonly fixed?: boolean;
}

const positive = (x: Tensor): Tensor => tf.add(tf.abs(x), 0.1);
/** Fixed numbers in [-1, 1]. */
function numbers<T extends Tensor>(...shape: number[]): T {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(1.3 * i + size));
  return tf.tensor(values, shape) as T;
}
const kernel = (...shape: number[]) => tf.mul<Tensor4D>(numbers(...shape), 0.2);
/** The shape of x with another height and width. */
const sides = ({ shape: [b, h, w] }: Tensor4D, factor: number, more = 0): [number, number, number, number] => {
  return [b, h * factor + more, w * factor + more, 3];
};

const ATTENTION = selfAttention('attention', 8);

const UNARY: Readonly<Record<string, (x: Tensor4D) => Tensor>> = {
  abs: (x) => tf.abs(x),
  ceil: (x) => tf.ceil(tf.mul(x, 3)),
  cos: (x) => tf.cos(x),
  elu: (x) => tf.elu(x),
  erf: (x) => tf.erf(x),
  exp: (x) => tf.exp(x),
  floor: (x) => tf.floor(tf.mul(x, 3)),
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  log: (x) => tf.log(positive(x)),
  neg: (x) => tf.neg(x),
  prelu: (x) => tf.prelu(x, numbers(3)),
  reciprocal: (x) => tf.reciprocal(positive(x)),
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(tf.mul(x, 20)),
  round: (x) => tf.round(tf.mul(x, 3)),
  rsqrt: (x) => tf.rsqrt(positive(x)),
  selu: (x) => tf.selu(x),
  sigmoid: (x) => tf.sigmoid(x),
  sign: (x) => tf.sign(x),
  sin: (x) => tf.sin(x),
  softmax: (x) => tf.softmax(x),
  softplus: (x) => tf.softplus(x),
  sqrt: (x) => tf.sqrt(positive(x)),
  square: (x) => tf.square(x),
  tanh: (x) => tf.tanh(x),
  'clip by value': (x) => tf.clipByValue(x, -0.4, 0.3),
};

const OTHERS: Readonly<Record<string, SmallNetwork>> = {
  'nothing at all': { apply: (x) => tf.mul(x, 1) },
  'arithmetic with numbers and channels': {
    apply: (x) => tf.div(tf.sub(tf.mul(tf.add(x, 0.5), numbers(3)), numbers(1, 3)), tf.scalar(3)),
  },
  'arithmetic with columns and channels': { apply: (x) => tf.add(x, numbers(16, 3)), fixed: true },
  'arithmetic with an image of weights': {
    apply: (x, weight) => tf.squaredDifference(x, weight('image')),
    weights: { image: [16, 16, 3] },
    fixed: true,
  },
  'a constant that fills an image': { apply: (x) => tf.add(x, tf.fill([16, 16, 3], 0.7)), fixed: true },
  'larger, smaller and powers': {
    apply: (x) => tf.minimum(tf.maximum(x, tf.mul(x, numbers(3))), tf.pow(positive(x), tf.scalar(1.7))),
  },
  'an image and itself turned': { apply: (x) => tf.add(x, tf.transpose(x, [0, 2, 1, 3])), fixed: true },
  'means of images': { apply: (x) => tf.sub(x, tf.mean(x, [1, 2], true)) },
  'means of channels': { apply: (x) => tf.sub(x, tf.mean(x, 3, true)) },
  'means of columns': {
    apply: (x) => tf.sub(x, tf.reshape(tf.mean(x, 1), [x.shape[0], 1, x.shape[2], 3])),
    fixed: true,
  },
  'the sum of each channel of a batch': { apply: (x) => tf.mul(x, tf.div(tf.sum(x, [0, 1, 2]), 20)) },
  'largest, least and products': {
    apply: (x) => tf.add(tf.mul(tf.max(x, [1, 2], true), tf.min(x, -1, true)), tf.mul(x, tf.prod(x, 3, true))),
  },
  'squeeze and excitation': {
    apply: (x, weight) => {
      const squeezed = tf.matMul(tf.mean<tf.Tensor2D>(x, [1, 2]), weight('dense'));
      return tf.mul(x, tf.reshape(tf.sigmoid(squeezed), [x.shape[0], 1, 1, 3]));
    },
    weights: { dense: [3, 3] },
  },
  'attention between pixels': {
    apply: (x) => {
      const pixels = tf.reshape<tf.Rank.R3>(x, [x.shape[0], x.shape[1] * x.shape[2], 3]);
      const attention = tf.softmax(tf.matMul(pixels, pixels, false, true));
      return tf.reshape(tf.matMul(attention, pixels), x.shape);
    },
    fixed: true,
  },
  'attention to the largest of each square': {
    apply: (x, weight) => {
      const weights = Object.fromEntries(ATTENTION.weights.map(({ name }) => [name, weight(name)]));
      const wide = ATTENTION.apply(weights, tf.conv2d(x, kernel(1, 1, 3, 8), 1, 'same'));
      return tf.conv2d(wide, kernel(1, 1, 8, 3), 1, 'same');
    },
    weights: Object.fromEntries(ATTENTION.weights.map(({ name, shape }) => [name, shape])),
    fixed: true,
  },
  'a normalisation of another kind': {
    apply: (x) => {
      const { mean, variance } = tf.moments(x, [1, 2, 3], true);
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
    },
  },
  'convolutions with strides': {
    apply: (x) =>
      tf.conv2dTranspose(
        tf.conv2d(x, kernel(3, 5, 3, 4), [2, 1], 'same'),
        kernel(2, 3, 3, 4),
        sides(x, 1),
        [2, 1],
        'same',
      ),
    sizes: { multiple: 2, least: 4 },
  },
  'convolutions with holes': { apply: (x) => tf.conv2d(x, kernel(3, 3, 3, 3), 1, 'same', 'NHWC', [2, 3]) },
  'convolutions with given padding': {
    apply: (x) => tf.conv2d(x, kernel(3, 4, 3, 3), 1, [[0, 0], [2, 0], [1, 2], [0, 0]]), // prettier-ignore
  },
  'convolutions of each channel': {
    apply: (x) => tf.conv2d(tf.depthwiseConv2d(x, kernel(3, 3, 3, 2), 1, 'same'), kernel(1, 1, 6, 3), 1, 'same'),
  },
  'a kernel that is computed': {
    apply: (x, weight) =>
      tf.conv2d(x, tf.div<Tensor4D>(weight('kernel'), tf.sum(tf.square(weight('kernel')))), 1, 'same'),
    weights: { kernel: [3, 3, 3, 3] },
  },
  'transposed convolutions with strides above their kernel': {
    apply: (x) => tf.avgPool(tf.conv2dTranspose<Tensor4D>(x, kernel(2, 2, 3, 3), sides(x, 3), 3, 'same'), 3, 3, 'same'),
  },
  'transposed convolutions with one more pixel': {
    apply: (x) =>
      tf.slice(tf.conv2dTranspose(x, kernel(5, 5, 3, 3), sides(x, 1, 4), 1, 'valid'), [0, 1, 2, 0], sides(x, 1)),
  },
  pools: { apply: (x) => tf.sub(tf.maxPool(x, 3, 1, 'same'), tf.avgPool(x, [2, 3], 1, 'same')) },
  paddings: {
    apply: (x) => {
      const zeros = tf.pad(x, [[0, 0], [1, 2], [3, 4], [0, 0]], 0.5); // prettier-ignore
      const mirrored = tf.mirrorPad(x, [[0, 0], [1, 2], [4, 3], [0, 0]], 'reflect'); // prettier-ignore
      return tf.slice(tf.add(zeros, mirrored), [0, 1, 2, 0], sides(x, 1));
    },
  },
  'crops of rows and channels': {
    apply: (x) =>
      tf.concat([tf.slice(x, [0, 0, 0, 1], [-1, -1, -1, 2]), tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, 1])], 3),
  },
  'parts of an image of a fixed place': {
    apply: (x) =>
      tf.concat([tf.slice(x, [0, 4, 0, 0], [-1, 12, -1, -1]), tf.slice(x, [0, 0, 0, 0], [-1, 4, -1, -1])], 1),
    fixed: true,
  },
  'nearest neighbours, larger and smaller': {
    apply: (x) => tf.maxPool(tf.image.resizeNearestNeighbor(x, [2 * x.shape[1], 2 * x.shape[2]]), 2, 2, 'valid'),
  },
  'nearest neighbours between centres': {
    apply: (x) => {
      const smaller = tf.image.resizeNearestNeighbor(x, [x.shape[1] / 2, x.shape[2] / 2], false, true);
      return tf.image.resizeNearestNeighbor(smaller, [x.shape[1], x.shape[2]], false, true);
    },
    fixed: true,
  },
  'bilinear upsampling': {
    apply: (x) => tf.avgPool(tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]]), 2, 2, 'valid'),
  },
  'bilinear upsampling between centres': {
    apply: (x) => tf.avgPool(tf.image.resizeBilinear(x, [2 * x.shape[1], 2 * x.shape[2]], false, true), 2, 2, 'valid'),
  },
  'bilinear interpolation with aligned corners': {
    apply: (x) => tf.image.resizeBilinear(tf.image.resizeBilinear(x, [11, 23], true), [x.shape[1], x.shape[2]], true),
    fixed: true,
  },
  'pixels from channels': {
    apply: (x) =>
      tf.maxPool(tf.depthToSpace(tf.conv2d<Tensor4D>(x, kernel(1, 1, 3, 12), 1, 'same'), 2, 'NHWC'), 2, 2, 'valid'),
  },
};

/** Networks that have each op that is converted. */
export const SMALL_NETWORKS: Readonly<Record<string, SmallNetwork>> = {
  ...Object.fromEntries(Object.entries(UNARY).map(([name, apply]) => [name, { apply }])),
  ...OTHERS,
};

const ANY: NetworkSizes = { multiple: 2, least: 8 };
const NORMAL: Initializer = { kind: 'normal', mean: 0, stddev: 1 };

/** The generator with such a network. */
export function generatorWith({ apply, weights = {}, sizes = ANY }: SmallNetwork): ExportedGenerator {
  const values = Object.fromEntries(Object.entries(weights).map(([name, shape]) => [name, numbers(...shape)]));
  const network = {
    weights: Object.entries(weights).map(([name, shape]) => ({ name, shape, initial: NORMAL })),
    sizes,
    apply: (given: Readonly<Record<string, Tensor>>, x: Tensor4D) => apply(x, (name) => given[name]!) as Tensor4D,
  };
  return { ...generatorOf(GENERATORS['ResNet']!), network, weights: values, imageSizes: [16] };
}
