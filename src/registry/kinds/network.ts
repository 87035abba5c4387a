import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Sides } from '../../support/sides.js';
import type { Component } from '../component.js';

/** A trainable tensor of a network: its name within the network, its shape and initializer. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initializer;
}

export type Initializer =
  | { readonly kind: 'normal'; readonly mean: number; readonly stddev: number }
  | { readonly kind: 'zeros' }
  /** As a matrix with the last axis as its columns: orthonormal columns (rows, if there are fewer), times `gain` (Saxe et al. 2014). */
  | { readonly kind: 'orthogonal'; readonly gain: number };

/** A network's weights by name. Plain tensors, independent of their storage. */
export type Weights = Readonly<Record<string, Tensor>>;

/**
 * The key of a step's randomness: an int32 tensor of two numbers, (seed, step). Equal keys give equal masks. Without a
 * key (inference) there is no dropout, and images do not affect each other.
 */
export type RandomKey = Tensor1D;

/** What a method trains: weights, with the cost of using them. */
export interface Trained {
  readonly weights: readonly WeightSpec[];
  /** The cost of a pass of one image, to refuse a run that will not fit before it starts. */
  readonly cost?: NetworkCost;
}

/** A network as a pure function of its weights; it holds no state. */
export interface Network extends Trained {
  /**
   * Whether a batch of two costs clearly less than two passes, as in a network with many weights for few pixels, such as a U-Net's
   * inner layers. A hint: the result is the same.
   */
  readonly prefersBatches?: boolean;
  /** What its inner layers see, if it shows that. */
  readonly features?: NetworkFeatures;
  /** The sizes of images that it takes, if it takes others than those of its training. */
  readonly sizes?: NetworkSizes;
  /**
   * @param weights one tensor for each of `weights`
   * @param x images, float32 in [-1, 1], [batch, height, width, channels]
   * @param key the step's randomness; absent in inference
   */
  apply(weights: Weights, x: Tensor4D, key?: RandomKey): Tensor4D;
  /**
   * All maps of scores of a discriminator that makes several, the finest first, which is the one that `apply` gives. Each has a loss of its own.
   *
   * @returns each [batch, h, w, 1]
   */
  maps?(weights: Weights, x: Tensor4D, key?: RandomKey): readonly Tensor4D[];
}

/** The outputs of a network's inner layers, which a method may compare. */
export interface NetworkFeatures {
  /** The channels of each layer, by its name, in the network's order. */
  readonly channels: Readonly<Record<string, number>>;
  /** Layers from the image to the deepest, for a method that does not choose. */
  readonly usual: readonly string[];
  /**
   * A pass that ends at the last of the layers.
   *
   * @param layers names in the network's order
   * @returns [b, h, w, channels] of each layer, in this order
   */
  encode(weights: Weights, x: Tensor4D, layers: readonly string[], key?: RandomKey): readonly Tensor4D[];
}

/** In pixels. */
export interface NetworkSizes {
  /** Height and width are multiples of it. */
  readonly multiple: number;
  /** The least height and width. */
  readonly least: number;
  /**
   * How far from a pixel of the translation a pixel of the image can be and still change it, other than through the statistics of norms.
   * Absent if that is the whole image.
   */
  readonly reach?: number;
}

export interface NetworkCost {
  /** Output values of the convolutions. */
  readonly numbers: number;
  /** Multiplications in the convolutions. */
  readonly products: number;
}

/** Images are RGB everywhere. */
export const CHANNELS = 3;

export interface NetworkSite {
  /** Of the input: see {@link Sides}. */
  readonly imageSize: Sides;
  /** Channels of the input: 3 of an image. */
  readonly channels: number;
  /** Channels of the images that the input consists of, if several are beside each other, as a source and its translation. */
  readonly beside?: readonly number[];
}

/** A network that translates an image to the other domain: [b, h, w, c] to [b, h, w, c], in [-1, 1]. */
export type GeneratorComponent<Options = never> = Component<Options, NetworkSite, Network>;

/** A network that separates real from translated images: [b, h, w, c] to a map of logits [b, h, w, 1]. */
export type DiscriminatorComponent<Options = never> = Component<Options, NetworkSite, Network>;
