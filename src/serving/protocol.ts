import type { Direction } from '../registry/kinds/export-format.js';
import type { NetworkSizes } from '../registry/kinds/network.js';
import type { GeneratorPlace, OutputFormat, SizeChoice } from '../translation/request.js';
import type { Sides } from '../support/sides.js';

/** What the process of the engine serves, and how: plain data. */
export interface ServingJob {
  readonly places: readonly ServedPlace[];
  /** Where a request does not say. */
  readonly size: SizeChoice;
  readonly limits: EngineLimits;
}

export interface ServedPlace {
  readonly place: GeneratorPlace;
  /** As the user gave it. */
  readonly given: string;
  /** The models' name, where the user chose one. */
  readonly name?: string;
  /** Only this one. */
  readonly direction?: Direction;
}

export interface EngineLimits {
  /** Of an image, and of its translation. */
  readonly pixels: number;
  /** The largest images that are translated as a whole, in pixels. */
  readonly wholePixels: number;
  /** How long a batch waits for more images, in milliseconds. */
  readonly batchDelay: number;
}

/** A generator under its name, as clients see it. */
export interface ServedModel {
  readonly name: string;
  /** The step of its checkpoint; 1 for a bundle. The largest is the one that a request without a version gets. */
  readonly version: number;
  readonly direction: Direction;
  readonly title: string;
  /** Of the training images. */
  readonly imageSize: Sides;
  /** The sizes that it takes; absent if only those of its training. */
  readonly sizes?: NetworkSizes;
}

export type ModelKey = Pick<ServedModel, 'name' | 'version'>;

/** An encoded image to translate to another one. */
export interface ImageWork {
  readonly kind: 'image';
  readonly model: ModelKey;
  readonly bytes: Uint8Array;
  readonly size?: SizeChoice;
  readonly format: OutputFormat | 'keep';
  readonly sideBySide: boolean;
}

/** Images as numbers in [-1, 1], [batch, height, width, 3]. */
export interface TensorWork {
  readonly kind: 'tensor';
  readonly model: ModelKey;
  readonly values: Float32Array;
  readonly shape: TensorShape;
}

export type TensorShape = readonly [batch: number, height: number, width: number, channels: number];

export type Work = ImageWork | TensorWork;

export interface TranslatedImage {
  readonly kind: 'image';
  readonly bytes: Uint8Array;
  readonly format: OutputFormat;
}

export interface TranslatedTensor {
  readonly kind: 'tensor';
  readonly values: Float32Array;
  readonly shape: TensorShape;
}

export type Translated = TranslatedImage | TranslatedTensor;

/** How long parts of a piece of work took, in milliseconds. */
export interface Timing {
  /** From its arrival in the process to the start of its batch. */
  readonly waited: number;
  /** Of its batch in the generator. */
  readonly computed: number;
  /** Images in the batch. */
  readonly batch: number;
}

/** Why a piece of work is not done: the client's mistake. */
export interface Refusal {
  readonly reason: 'undecodable-image' | 'too-many-pixels' | 'wrong-size';
  readonly message: string;
}

export type ToEngine =
  | { readonly kind: 'work'; readonly id: number; readonly work: Work }
  /** Nobody waits for it any more. */
  | { readonly kind: 'cancel'; readonly id: number };

export type FromEngine =
  | { readonly kind: 'models'; readonly models: readonly ServedModel[] }
  | { readonly kind: 'done'; readonly id: number; readonly result: Translated; readonly timing: Timing }
  | { readonly kind: 'refused'; readonly id: number; readonly refusal: Refusal };
