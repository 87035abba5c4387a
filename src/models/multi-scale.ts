import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { OptionSchema } from '../registry/component.js';
import type { Network, RandomKey, Weights } from '../registry/kinds/network.js';

export const SCALES_OPTION: OptionSchema = {
  description:
    'How many discriminators judge the image: the first all of its pixels, each other one half the height and width of the one before, as in pix2pixHD (`--num_D`). Their losses are added up. Coarser ones judge the whole, finer ones details.',
  type: 'integer',
  minimum: 1,
  maximum: 5,
  default: 1,
  'x-neutral': true,
};

/**
 * A discriminator of several, each for a smaller image (pix2pixHD, Wang et al. 2018, arXiv:1711.11585, section 3.2).
 *
 * @param networks for images of s, s / 2, s / 4... pixels, rounded up
 */
export function multiScale(networks: readonly Network[]): Network {
  const prefix = (i: number) => `scale${i + 1}/`;
  const judge = (i: number, weights: Weights, x: Tensor4D, key?: RandomKey) => {
    const own = networks[i]!.weights.map(({ name }) => [name, weights[prefix(i) + name]!]);
    return networks[i]!.apply(Object.fromEntries(own) as Weights, x, key);
  };
  const sum = (what: 'numbers' | 'products') => networks.reduce((total, { cost }) => total + (cost?.[what] ?? 0), 0);
  return {
    weights: networks.flatMap((network, i) =>
      network.weights.map((weight) => ({ ...weight, name: prefix(i) + weight.name })),
    ),
    cost: { numbers: sum('numbers'), products: sum('products') },
    apply: (weights, x, key) => judge(0, weights, x, key),
    maps: (weights, x, key) => {
      let seen = x;
      return networks.map((_, i) => {
        if (i > 0) seen = halved(seen);
        return judge(i, weights, seen, key);
      });
    },
  };
}

/**
 * The mean of 3x3 pixels around every other pixel, of fewer at the borders: PyTorch's AvgPool2d(3, stride=2, padding=1, count_include_pad=False).
 * [b, h, w, c] to [b, h / 2, w / 2, c], rounded up.
 *
 * A convolution, because its gradient can be differentiated again, as a gradient penalty does.
 */
export function halved(x: Tensor4D): Tensor4D {
  const [, height, width, channels] = x.shape;
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
  const each = tf.reshape(tf.eye(channels), [1, 1, channels, channels]);
  const sums = tf.conv2d(padded, tf.tile(each, [3, 3, 1, 1]) as Tensor4D, 2, 'valid');
  const shares = [height, width].map((side) => Array.from({ length: Math.ceil(side / 2) }, (_, i) => 1 / met(i, side)));
  return tf.mul(tf.mul(sums, tf.tensor(shares[0]!, [1, shares[0]!.length, 1, 1])), tf.tensor(shares[1]!, [1, 1, shares[1]!.length, 1])); // prettier-ignore
}

/** How many of the three pixels around 2i are in the image. */
const met = (i: number, side: number): number => 3 - (i === 0 ? 1 : 0) - (2 * i + 1 === side ? 1 : 0);
