import { PASSES } from './passes.js';

/** Of `passes.as.ts`; images and tables are given by their addresses in `memory`. */
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

/**
 * @param bytes how much memory the work needs
 * @param work is alone with the memory, in which anything may be written before
 */
export function withKernels<T>(bytes: number, work: (kernels: Kernels) => T): T {
  module ??= new WebAssembly.Module(Buffer.from(PASSES, 'base64'));
  const kernels = (kept ??= new WebAssembly.Instance(module).exports as Kernels);
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE));
  // Memory never shrinks: what a huge image needed is given back with all the rest.
  if (bytes > MOST_KEPT) kept = undefined;
  return work(kernels);
}

const PAGE = 65536;
const MOST_KEPT = 64 * 2 ** 20;
let module: object | undefined;
let kept: Kernels | undefined;

/** Node has it; its types, at version 20, do not. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};
