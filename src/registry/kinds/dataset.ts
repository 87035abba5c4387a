import type { Json, JsonObject } from '../../support/json.js';
import type { Component } from '../component.js';

/** Domain A is X (horse), B is Y (zebra). */
export type Domain = 'A' | 'B';
export const SPLITS = ['trainA', 'trainB', 'testA', 'testB'] as const;
export type Split = (typeof SPLITS)[number];

export interface DatasetSite {
  /** Most images of a domain to use; `null` for all. */
  readonly limit: number | null;
  readonly imageSize: number;
  readonly signal?: AbortSignal;
}

/** Where images come from. */
export interface DatasetSource {
  /**
   * Everything that the pixels depend on, for the fingerprint: the content of files, a seed, a checksum. Must be fast
   * on the second call: hashes are kept by (path, size, modification time). Called before anything is fetched: a data set that is not
   * there yet is known by its name and checksum.
   *
   * @throws ProblemError when a domain is missing or empty
   */
  identity(): Promise<Json>;
  /** Makes the images available before they are listed: downloads, unpacks. Absent where there is nothing to do. */
  prepare?(work: SourceWork): Promise<void>;
  /** The images of a split, in a stable order; already cut to the limit. */
  list(split: Split): Promise<readonly SourceImage[]>;
  /**
   * Of a test split that the source drew itself: the training images of its domain, the one that would be drawn next first. They take the
   * place of bad ones. Nothing where the split is given.
   */
  spares?(split: Split): Promise<readonly SourceImage[] | undefined>;
  /** What a reader of the result wants to know of where it comes from: an address, a checksum, how a split was made. After `prepare`. */
  provenance?(): Promise<JsonObject>;
}

/** What a source is given while it makes images available. */
export interface SourceWork {
  readonly signal: AbortSignal;
  progress(progress: SourceProgress): void;
  note(level: 'info' | 'warning', text: string): void;
}

export interface SourceProgress {
  /** What is being done, for people: `downloading horse2zebra.zip`. */
  readonly phase: string;
  readonly unit: 'bytes' | 'files';
  readonly done: number;
  /** 0 where it is not known. */
  readonly total: number;
  /** Whether what is done so far stays when the work is stopped, as a part of a download does. */
  readonly kept?: true;
}

export interface SourceImage {
  /** Names the image to a person: a path relative to the source, or `synthetic/12`. */
  readonly name: string;
  /**
   * SHA-256 of the encoded image (of a half: `hashOfHalf`), where it is known without reading it: what is prepared already is then not
   * decoded again.
   */
  readonly hash?: string;
  /** Its absolute path, where it lies on this machine as `read` gives it: worker threads then read it themselves. */
  readonly file?: string;
  /** Which half of the image that is read this image is, where A and B lie side by side in one. */
  readonly half?: 'left' | 'right';
  /** The encoded image (JPEG, PNG, WebP, SVG... whatever `decode` reads). */
  read(): Promise<Uint8Array>;
  /** The same image truly translated to the other domain, where the source knows it (test splits); of a half, in the other half of this. */
  truth?(): Promise<Uint8Array>;
}

export interface DatasetComponent<Options = never> extends Component<Options, DatasetSite, DatasetSource> {
  /** Whether all test images have a `truth`: then a sweep ranks its trials by a metric that is measured against it. */
  readonly knowsTruth?: boolean;
}
