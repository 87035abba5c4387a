import type { StoreIndex } from '../../data/store/store-format.js';
import type { Direction } from '../../registry/kinds/export-format.js';
import type { JsonObject } from '../../support/json.js';
import type { Sides } from '../../support/sides.js';
import type { ReportCheckpoint } from '../run/run-report.js';

/** What a model card says about one direction's exported generator, as read from the run's folder. */
export interface CardFacts {
  readonly run: string;
  readonly direction: Direction;
  /** An identifier of Hugging Face's list of licenses. */
  readonly license: string | null;
  /** The resolved config, without passwords. */
  readonly config: JsonObject;
  /** What the generator was imported from; null if it was trained here. The file and the network are not known of earlier runs. */
  readonly imported: { readonly file?: string; readonly title?: string } | null;
  /** The step of the checkpoint that was exported. */
  readonly step: number | null;
  /** Its measurement on the test images; null if it was not measured. */
  readonly measured: ReportCheckpoint | null;
  /** What metrics measure, by `evaluate/AtoB/<metric>`. */
  readonly descriptions: Readonly<Record<string, string>>;
  readonly data: StoreIndex | null;
  /** cyclegan-runner's. */
  readonly version: string | null;
  readonly exports: readonly CardExport[];
}

export type CardFormat = 'saved-model' | 'tfjs' | 'onnx' | 'weights';

/** One format that a direction was exported in. */
export interface CardExport {
  /** Beside the card. */
  readonly folder: string;
  readonly format: CardFormat;
  readonly bytes: number;
  /** Of the training images. */
  readonly imageSize: Sides;
  /** How training images were resized to it. */
  readonly interpolation: string;
  readonly anySize: { readonly multipleOf: number; readonly least: number } | null;
  /** Of the images that its main graph takes, where sizes are fixed; else that of the training. */
  readonly size: Sides;
  /** How kernels are stored. */
  readonly precision: string;
  /** How translations differ from the network's with float32 kernels, in 256 levels, over some drawn images; null where that was not measured. */
  readonly quality: { readonly images: number; readonly largest: number; readonly mean: number } | null;
}
