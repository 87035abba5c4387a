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

/**
 * @param bytes of memory that the work needs
 * @param work has exclusive use of the memory, whose content is undefined
 */
export function withKernels<T>(bytes: number, work: (kernels: Kernels) => T): T {
  module ??= new WebAssembly.Module(bytesOf(PASSES));
  const kernels = (kept ??= new WebAssembly.Instance(module).exports as Kernels);
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / PAGE));
  // WebAssembly memory never shrinks: after a huge image, drop the whole instance.
  if (bytes > MAX_KEPT) kept = undefined;
  return work(kernels);
}

/** As browsers can, where images are prepared as in training too. */
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));

const PAGE = 65536;
const MAX_KEPT = 64 * 2 ** 20;
let module: object | undefined;
let kept: Kernels | undefined;

/** Node has it, but the types of version 20 lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};
