import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Json } from '../../support/json.js';
import type { Component } from '../component.js';
import type { SourceWork } from './dataset.js';

/** Names may have synonyms, separated by commas: `goldfish, Carassius auratus`. */
export type ExtractorClasses = readonly string[] | number;

/** A trained network whose features describe an image: distances of sets of images are computed from them. */
export interface Extractor {
  /**
   * The classes whose logits it gives: their names in order, or how many; 0 where it gives features only. Undefined if that is not known before
   * it is opened. Known to metrics when the config is read, before weights are available.
   */
  readonly classes?: ExtractorClasses;
  /** Makes the weights available: downloads them, checks their checksum. Called before `identity` and `open` where they may be missing. */
  prepare?(work: SourceWork): Promise<void>;
  /**
   * Everything that determines its features: the weights' checksum, the options, the version of the code. Must be fast on the second call,
   * and needs no download where the checksum is pinned.
   */
  identity(signal?: AbortSignal): Promise<Json>;
  /** Loads the network. Needs the engine. */
  open(): Promise<OpenExtractor>;
}

/** A loaded network. The caller must dispose of it. */
export interface OpenExtractor {
  /** Number of features of an image. */
  readonly width: number;
  /**
   * @param images [b, s, s, c] in [-1, 1], of any size; quantised to 8 bits and resized as a reader of 8-bit PNG files would
   * @returns features [b, width], and logits [b, classes] where the network classifies; the caller owns them
   */
  extract(images: Tensor4D): ExtractedFeatures;
  dispose(): void;
}

export interface ExtractedFeatures {
  readonly features: Tensor2D;
  readonly logits?: Tensor2D;
}

export interface ExtractorComponent<Options = never> extends Component<Options, void, Extractor> {
  /** Only the Inception of 2015-12-05: its distances may be called FID and KID. */
  readonly standard?: true;
}
