import type { Config } from '../config.js';
import type { Component } from '../component.js';
import type { Network, Weights } from './network.js';

export type Direction = 'AtoB' | 'BtoA';

/** A trained generator, ready to be written in some format. */
export interface ExportedGenerator {
  readonly direction: Direction;
  readonly network: Network;
  readonly weights: Weights;
  /** What rebuilds it: the sections `generator` and `dataset.image_size` of the resolved config. */
  readonly generator: Config['generator'];
  /** What it was trained with: side of the square images, in pixels. */
  readonly imageSize: number;
  /** The sizes that a format of fixed sizes is to offer, the default one first. */
  readonly imageSizes: readonly number[];
  readonly channels: number;
  readonly runName: string;
}

export interface ExportFormat {
  /**
   * Writes the generator into `dir`, which is empty, and checks that what it wrote translates as the network does.
   *
   * @returns the files, relative to it, the main one first
   * @throws ProblemError when the generator cannot be written in this format
   */
  write(generator: ExportedGenerator, dir: string): Promise<readonly string[]>;
}
export type ExportFormatComponent<Options = never> = Component<Options, void, ExportFormat>;
