import type { DatasetConfig } from '../registry/config.js';
import type { Direction } from '../registry/kinds/export-format.js';
import type { NetworkSizes } from '../registry/kinds/network.js';
import type { Sides } from '../support/sides.js';

/** The file of {@link DemoFacts} in a folder of the format `web`. */
export const FACTS_FILE = 'demo.json';

/** What the page of an exported folder knows of its generators; written once, read by the browser. */
export interface DemoFacts {
  readonly format: 'cyclegan-runner/web';
  readonly version: 1;
  /** The run that trained the generators. */
  readonly run: string;
  /** Of the training images, in pixels, and how they were resized to it. */
  readonly image_size: Sides;
  readonly interpolation: DatasetConfig['interpolation'];
  /** For people: the names of A and of B. */
  readonly domains: readonly [string, string];
  readonly directions: readonly DirectionFacts[];
  readonly examples: readonly ExampleFacts[];
  /** All other files, with the beginning of their SHA-256: it is part of the addresses under which browsers keep them. */
  readonly files: Readonly<Record<string, string>>;
}

export interface DirectionFacts {
  readonly direction: Direction;
  /** Of its GraphModel, relative to the folder: `AtoB/model.json`. */
  readonly model: string;
  /** Of its weights. */
  readonly bytes: number;
  /** The sizes of images that its GraphModel takes; null if only those of `image_size`. */
  readonly sizes: NetworkSizes | null;
  readonly check: CheckFacts;
}

/** A test image and its translation, as TensorFlow computes it: both RGB, 8 bits, one after the other in the file. */
export interface CheckFacts {
  readonly file: string;
  /** Of both images. */
  readonly side: Sides;
}

export interface ExampleFacts {
  readonly file: string;
  readonly domain: 'A' | 'B';
}
