import type { Direction } from '../../registry/kinds/export-format.js';
import type { DemoFacts } from '../demo-facts.js';
import type { BackendName, Measured } from './choose-backend.js';
import type { Failure, Phase, Translated } from './outcome.js';

/** The size at which an image is translated: its shorter side as in training, a shorter side in pixels, or its own size. */
export type DemoSize = 'fit' | 'full' | number;

/** What the page says to the worker that translates. */
export type ToWorker =
  | {
      readonly kind: 'start';
      readonly facts: DemoFacts;
      /** The folder's address. */
      readonly base: string;
      /** Known from before, or chosen by hand; else all are measured. */
      readonly backend?: BackendName;
    }
  | {
      readonly kind: 'translate';
      readonly id: number;
      readonly image: Blob | ImageBitmap;
      readonly direction: Direction;
      readonly size: DemoSize;
    }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'phase'; readonly phase: Phase }
  | { readonly kind: 'chosen'; readonly backend: BackendName; readonly measured: readonly Measured[] }
  | { readonly kind: 'tile'; readonly id: number; readonly done: number; readonly tiles: number }
  | ({ readonly kind: 'translated'; readonly id: number } & Translated)
  | { readonly kind: 'failed'; readonly id?: number; readonly failure: Failure };
