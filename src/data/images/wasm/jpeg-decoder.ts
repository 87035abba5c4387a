import { JPEG } from './jpeg.js';
import { KernelModule } from './kernel-module.js';

/** The exports of `jpeg.as.ts`, which describes them; all arguments but sizes are addresses in `memory`. */
export interface JpegDecoder {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  /** @returns 0, or 1 for a table that is not valid */
  buildTable(counts: number, table: number, largest: number): number;
  /** @returns 0, or 1 where the data is not as it should be */
  decodeScan(plan: number): number;
  toRgb(
    width: number,
    height: number,
    luma: number,
    stride: number,
    blue: number,
    red: number,
    colourStride: number,
    colourWidth: number,
    colourHeight: number,
    across: number,
    down: number,
    scratch: number,
    target: number,
  ): void;
}

export const jpegDecoder = new KernelModule<JpegDecoder>(JPEG);
