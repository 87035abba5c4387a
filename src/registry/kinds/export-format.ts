import type { Config } from '../config.js';
import type { Sides } from '../../support/sides.js';
import type { Component } from '../component.js';
import type { Network, Weights } from './network.js';

export type Direction = 'AtoB' | 'BtoA';

/** A trained generator to export. */
export interface ExportedGenerator {
  readonly direction: Direction;
  readonly network: Network;
  readonly weights: Weights;
  /** The config needed to rebuild it: `generator` and `dataset.image_size` of the resolved config. */
  readonly generator: Config['generator'];
  /** Of the training images: see {@link Sides}. */
  readonly imageSize: Sides;
  /** How training images were resized to it. */
  readonly interpolation: Config['dataset']['interpolation'];
  /** The image sizes for a format with fixed sizes, the default one first. */
  readonly imageSizes: readonly Sides[];
  readonly channels: number;
  readonly runName: string;
}

/** A format writes each direction's generator into a folder of its own, or all of them into one: `export/AtoB/tfjs`, `export/web`. */
export type ExportFormat = DirectionFormat | RunFormat;

export interface DirectionFormat {
  readonly scope?: 'direction';
  /**
   * Writes the generator into the empty folder `dir`, and checks that the exported files translate as the network does.
   *
   * @returns the files, relative to it, the main one first
   * @throws ProblemError if this format cannot represent the generator
   */
  write(generator: ExportedGenerator, dir: string): Promise<readonly string[]>;
}

export interface RunFormat {
  readonly scope: 'run';
  /** {@link DirectionFormat.write}, with the generators of all directions that are exported, at least one. */
  write(generators: readonly ExportedGenerator[], dir: string): Promise<readonly string[]>;
}

export type ExportFormatComponent<Options = never> = Component<Options, void, ExportFormat>;
