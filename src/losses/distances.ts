import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor4D } from '@tensorflow/tfjs-core';
import { abs } from '../engine/ops.js';

/** The mean absolute difference between images. */
export const l1 = (a: Tensor4D, b: Tensor4D): Scalar => tf.mean(abs(tf.sub(a, b)));
