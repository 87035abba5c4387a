import type { Json } from '../../support/json.js';
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
   * on the second call: hashes are kept by (path, size, modification time).
   *
   * @throws ProblemError when a domain is missing or empty
   */
  identity(): Promise<Json>;
  /** The images of a split, in a stable order; already cut to the limit. */
  list(split: Split): Promise<readonly SourceImage[]>;
}

export interface SourceImage {
  /** Names the image to a person: a path relative to the source, or `synthetic/12`. */
  readonly name: string;
  /** The encoded picture (JPEG, PNG, WebP, SVG... whatever sharp reads). */
  read(): Promise<Uint8Array>;
  /** The same picture truly translated to the other domain, where the source knows it (test splits). */
  truth?(): Promise<Uint8Array>;
}

export type DatasetComponent<Options = never> = Component<Options, DatasetSite, DatasetSource>;
