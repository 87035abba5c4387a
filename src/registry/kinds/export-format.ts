import type { Config } from '../../config/config.js';
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
  readonly imageSize: number;
  readonly channels: number;
  readonly runName: string;
}

export interface ExportFormat {
  /** Writes the generator into `dir`, which is empty. @returns the files, relative to it, the main one first */
  write(generator: ExportedGenerator, dir: string): Promise<readonly string[]>;
}
export type ExportFormatComponent<Options = never> = Component<Options, void, ExportFormat>;
