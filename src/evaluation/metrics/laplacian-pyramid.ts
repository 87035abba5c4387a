import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * The Laplacian pyramid of images [b, s, s, c] (Burt and Adelson 1983, with their 5x5 filter; borders mirrored): what each level has more
 * than the next smaller one, down to the smallest of at least `smallest` pixels, which is kept as it is. The caller owns the tensors.
 */
export function laplacianPyramid(images: Tensor4D, smallest: number): Tensor4D[] {
  return tf.tidy(() => {
    const levels: Tensor4D[] = [];
    let image = images;
    while (image.shape[1] % 2 === 0 && image.shape[1] / 2 >= smallest) {
      const smaller = half(image);
      levels.push(tf.sub(image, double(smaller)));
      image = smaller;
    }
    return [...levels, tf.clone(image)];
  });
}

function half(images: Tensor4D): Tensor4D {
  return tf.stridedSlice(blur(images, 1), [0, 0, 0, 0], images.shape, [1, 2, 2, 1]) as Tensor4D;
}

/** Zeros between the pixels, then blurred with four times the weight. */
function double(images: Tensor4D): Tensor4D {
  const [batch, height, width, channels] = images.shape;
  const between = tf.zerosLike(images);
  const columns = tf.reshape(tf.stack([images, between], 3), [batch, height, 2 * width, channels]);
  const rows = tf.stack([columns, tf.zerosLike(columns)], 2);
  return blur(tf.reshape(rows, [batch, 2 * height, 2 * width, channels]), 4);
}

function blur(images: Tensor4D, weight: number): Tensor4D {
  const channels = images.shape[3];
  const profile = tf.div<tf.Tensor1D>(tf.tensor1d([1, 4, 6, 4, 1]), 16);
  const filter = tf.reshape(tf.mul(tf.outerProduct(profile, profile), weight), [5, 5, 1, 1]);
  const sides: [number, number][] = [[0, 0], [2, 2], [2, 2], [0, 0]]; // prettier-ignore
  const padded = tf.mirrorPad(images, sides, 'reflect');
  return tf.depthwiseConv2d(padded, tf.tile(filter, [1, 1, channels, 1]) as Tensor4D, 1, 'valid');
}
