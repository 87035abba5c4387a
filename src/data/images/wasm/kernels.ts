import { KernelModule } from './kernel-module.js';
import { PASSES } from './passes.js';

/** The exports of `passes.as.ts`; images and tables are passed by their addresses in `memory`. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  horizontal(
    source: number,
    target: number,
    rows: number,
    sourceWidth: number,
    targetWidth: number,
    starts: number,
    weights: number,
    reach: number,
  ): void;
  vertical(
    source: number,
    target: number,
    rows: number,
    bytes: number,
    starts: number,
    weights: number,
    reach: number,
    taps: number,
  ): void;
}

export const resampling = new KernelModule<Kernels>(PASSES);
