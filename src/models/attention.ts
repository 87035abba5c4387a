import * as tf from '@tensorflow/tfjs-core';
import type { Rank, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Convolution } from './cost.js';
import { conv, type Layer } from './layers.js';

/**
 * Self-attention over the pixels of an image (SAGAN, Zhang et al. 2019, arXiv:1805.08318): each pixel adds what it finds at all others, times
 * `gamma`, which starts at 0. As in the authors' code, keys and values are the largest of each square of 2x2 pixels. [b, h, w, c] to the same.
 *
 * @param channels c, a multiple of 8
 */
export function selfAttention(name: string, channels: number): Layer {
  const project = (part: string, to: number) => conv(`${name}/${part}`, { kernel: 1, from: channels, to });
  const [query, key] = [project('query', channels / 8), project('key', channels / 8)];
  const value = project('value', channels / 2);
  const output = conv(`${name}/output`, { kernel: 1, from: channels / 2, to: channels });
  const gamma = { name: `${name}/gamma`, shape: [1], initial: { kind: 'zeros' } } as const;
  return {
    weights: [...[query, key, value, output].flatMap(({ weights }) => weights), gamma],
    apply(weights, x) {
      const [batch, height, width] = x.shape;
      const of = (layer: Layer) => layer.apply(weights, x);
      const queries = pixels(of(query)); // [b, h w, c/8]
      const [keys, values] = [key, value].map((layer) => pixels(tf.maxPool(of(layer), 2, 2, 'valid'))); // [b, h w / 4, ...]
      const attention = tf.softmax(tf.matMul(queries, keys!, false, true)); // [b, h w, h w / 4]
      const found = tf.reshape<Rank.R4>(tf.matMul(attention, values!), [batch, height, width, channels / 2]);
      return tf.add(x, tf.mul(output.apply(weights, found), weights[gamma.name]!));
    },
  };
}

/** What it costs, with the products of pixels as convolutions. @param side of the image */
export function attentionCost(channels: number, side: number): readonly Convolution[] {
  const others = (side / 2) ** 2;
  const product = (from: number, to: number): Convolution => ({ kernel: 1, from, to, side });
  return [
    product(channels, channels / 8),
    product(channels, channels / 8),
    product(channels, channels / 2),
    product(channels / 8, others),
    product(others, channels / 2),
    product(channels / 2, channels),
  ];
}

const pixels = (x: Tensor4D): Tensor3D => tf.reshape(x, [x.shape[0], x.shape[1] * x.shape[2], x.shape[3]]);
