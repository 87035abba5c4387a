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

const module = new KernelModule<Kernels>(PASSES);

/**
 * @param bytes of memory that the work needs
 * @param work has exclusive use of the memory, whose content is undefined
 */
export function withKernels<T>(bytes: number, work: (kernels: Kernels) => T): T {
  return module.use(bytes, work);
}
