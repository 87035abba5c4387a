import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Component } from '../component.js';

/** A trainable tensor of a network: its name within the network, its shape, and how it starts. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initializer;
}

export type Initializer =
  { readonly kind: 'normal'; readonly mean: number; readonly stddev: number } | { readonly kind: 'zeros' };

/** A network's weights by name. Plain tensors: the functions that use them do not know where they are kept. */
export type Weights = Readonly<Record<string, Tensor>>;

/**
 * The key of a step's randomness: an int32 tensor of two numbers, (seed, step). Equal keys give equal masks. Without a
 * key (inference) there is no dropout.
 */
export type RandomKey = Tensor1D;

/** A network as a pure function of its weights; it holds no state. */
export interface Network {
  readonly weights: readonly WeightSpec[];
  /**
   * Whether two images at once cost clearly less than one after the other: true of a network with many weights for few pixels, such
   * as a U-Net's inner layers. A hint: the result is the same.
   */
  readonly prefersBatches?: boolean;
  /** What a pass of one image costs, so that a run which will not fit is known before it starts. */
  readonly cost?: NetworkCost;
  /**
   * @param weights one tensor for each of `weights`
   * @param x images, float32 in [-1, 1], [batch, height, width, channels]
   * @param key the step's randomness; absent in inference
   */
  apply(weights: Weights, x: Tensor4D, key?: RandomKey): Tensor4D;
}

export interface NetworkCost {
  /** Numbers that the convolutions give. */
  readonly numbers: number;
  /** Multiplications of them. */
  readonly products: number;
}

export interface NetworkSite {
  /** Side of the square input, in pixels. */
  readonly imageSize: number;
  /** Channels of an image: 3. */
  readonly channels: number;
}

/** A network that translates an image to the other domain: [b, s, s, c] to [b, s, s, c], in [-1, 1]. */
export type GeneratorComponent<Options = never> = Component<Options, NetworkSite, Network>;

/** A network that tells real from translated images: [b, s, s, c] to a map of logits [b, h, w, 1]. */
export type DiscriminatorComponent<Options = never> = Component<Options, NetworkSite, Network>;
