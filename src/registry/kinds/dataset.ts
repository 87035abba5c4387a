import type { Json, JsonObject } from '../../support/json.js';
import type { Sides } from '../../support/sides.js';
import type { Component } from '../component.js';

/** Domain A is X (horse), B is Y (zebra). */
export type Domain = 'A' | 'B';
/** The splits that every data set has. */
export const REQUIRED_SPLITS = ['trainA', 'trainB', 'testA', 'testB'] as const;
export type RequiredSplit = (typeof REQUIRED_SPLITS)[number];
/** Images that neither training nor the final test sees; not every data set has them. */
export const VALIDATION_SPLITS = ['valA', 'valB'] as const;
export type ValidationSplit = (typeof VALIDATION_SPLITS)[number];
export const SPLITS = [...REQUIRED_SPLITS, ...VALIDATION_SPLITS] as const;
export type Split = (typeof SPLITS)[number];

export interface DatasetSite {
  /** Maximum number of images of a domain; `null` for all. */
  readonly limit: number | null;
  readonly imageSize: Sides;
  readonly signal?: AbortSignal;
}

/** A source of images. */
export interface DatasetSource {
  /**
   * Everything that determines the pixels, for the fingerprint: the content of files, a seed, a checksum. Must be fast
   * on the second call: cache hashes by (path, size, modification time). Called before any download: identify a data set that is not
   * yet downloaded by its name and checksum.
   *
   * @throws ProblemError if a domain is missing or empty
   */
  identity(): Promise<Json>;
  /** Whether images of A and B that are called the same are pairs: a validation part then holds out whole pairs. */
  readonly paired?: boolean;
  /** Makes the images available before they are listed: downloads, unpacks. Absent if the source needs no preparation. */
  prepare?(work: SourceWork): Promise<void>;
  /** The images of a split, in a stable order, cut to the limit. */
  list(split: RequiredSplit): Promise<readonly SourceImage[]>;
  /**
   * The images of a validation split of the source's own, cut to the limit: of both domains or of none. Absent or empty if it has none.
   * If they can change without a change of `identity()`, that has a key `validation`, `{valA, valB}`, with what identifies them, only where there are some.
   */
  validation?(split: ValidationSplit): Promise<readonly SourceImage[]>;
  /**
   * Whether it has validation images; undefined if that is not known before `prepare`, as of an archive that is not downloaded. By default
   * those are counted that `validation` lists, where the source needs no `prepare`.
   */
  hasValidation?(): Promise<boolean | undefined>;
  /**
   * For a test split drawn by the source: the training images of its domain in the order of the draw. They replace bad
   * test images. Undefined if the split is given.
   */
  spares?(split: RequiredSplit): Promise<readonly SourceImage[] | undefined>;
  /** The origin of the images, for readers of the result: an address, a checksum, how a split was made. Called after `prepare`. */
  provenance?(): Promise<JsonObject>;
}

/** The context in which a source makes its images available. */
export interface SourceWork {
  readonly signal: AbortSignal;
  progress(progress: SourceProgress): void;
  note(level: 'info' | 'warning', text: string): void;
}

export interface SourceProgress {
  /** The current work, for display: `downloading horse2zebra.zip`. */
  readonly phase: string;
  readonly unit: 'bytes' | 'files' | 'images';
  readonly done: number;
  /** 0 if unknown. */
  readonly total: number;
  /** Whether the work done so far is kept when stopped, such as a partial download. */
  readonly kept?: true;
}

export interface SourceImage {
  /** The image's name for display: a path relative to the source, or `synthetic/12`. */
  readonly name: string;
  /**
   * SHA-256 of the encoded image (of a half: `hashOfHalf`), if known without reading it: images that are already prepared are then not
   * decoded again.
   */
  readonly hash?: string | undefined;
  /** Absolute path of a local file with exactly the bytes that `read` returns: worker threads then read it directly. */
  readonly file?: string | undefined;
  /** The half of the encoded image that is this image, if A and B are side by side in one file. */
  readonly half?: 'left' | 'right';
  /** The encoded image (JPEG, PNG, WebP, SVG or another format that `decode` reads). */
  read(): Promise<Uint8Array>;
  /** The true translation to the other domain, if the source has it (used for test and validation images); for a half, it is in the other half of this image. */
  truth?(): Promise<Uint8Array>;
}

export interface DatasetComponent<Options = never> extends Component<Options, DatasetSite, DatasetSource> {
  /** Whether all test images have a `truth`: a sweep then ranks its trials by a metric that compares with it. */
  readonly knowsTruth?: boolean;
  /** Whether it has validation images of its own, by its options alone; undefined (the default) if only the images can tell. */
  hasValidation?(options: Options): boolean | undefined;
}
