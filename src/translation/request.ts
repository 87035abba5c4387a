import type { CheckpointChoice } from '../inference/checkpoint-choice.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { Sides } from '../support/sides.js';

/** What to translate, with which generator, to where. Plain data: it is sent to the process that does it. */
export interface TranslationRequest {
  readonly generator: GeneratorPlace;
  /** Required where the generator's place has both directions. */
  readonly direction?: Direction;
  readonly inputs: ImageInputs;
  /** Absolute: a folder, or for a single image a file. */
  readonly out: OutputPlace;
  readonly size: SizeChoice;
  readonly format: OutputFormat | 'keep';
  /** Whether an output shows the input beside its translation. */
  readonly sideBySide: boolean;
  /** Translates again what is there already. */
  readonly force: boolean;
  /** This process's share of the images, counted from 0. */
  readonly shard: Shard;
  /** Images of more pixels are translated in tiles. */
  readonly wholePixels: number;
}

/** Where the weights are: a run's folder, or the folder of a bundle, both absolute. */
export type GeneratorPlace =
  | { readonly kind: 'run'; readonly dir: string; readonly checkpoint: CheckpointChoice }
  | { readonly kind: 'bundle'; readonly dir: string };

/** All paths are absolute. */
export interface ImageInputs {
  /** In the user's order. */
  readonly given: readonly GivenInput[];
  /** A text file with a path on each line, relative to `root`; `-` is the standard input. */
  readonly list?: string;
  /** The names of outputs are those of the inputs below this folder. */
  readonly root: string;
}

export interface GivenInput {
  readonly kind: 'file' | 'video' | 'folder' | 'archive' | 'pattern' | 'stdin';
  readonly path: string;
}

export type OutputPlace = { readonly kind: 'folder' | 'file'; readonly path: string };

/**
 * At which size the generator sees an image. `keep`: at its own. `fit`: at the scale of training, its shorter side as long as those
 * of the training images. A size: stretched to it as training images are; a number is the side of a square.
 */
export type SizeChoice = 'keep' | 'fit' | Sides;

/** Formats that translations are written in. */
export const OUTPUT_FORMATS = ['png', 'jpeg', 'webp', 'tiff', 'avif'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** How a translation ended: plain data. */
export interface TranslationCounts {
  /** Images translated and written. */
  readonly translated: number;
  /** Images whose translations were there already. */
  readonly present: number;
  /** Images that could not be read or decoded, and files of no kind of image. */
  readonly failed: number;
}

/** What to do where memory ran out. */
export const TRANSLATION_MEMORY_CURE = 'Lower --tiles-above or --jobs, give a smaller --size, or close other programs.';
