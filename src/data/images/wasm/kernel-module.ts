interface WithMemory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
}

/** A WebAssembly module of this folder; compiled and instantiated when it is first used. */
export class KernelModule<Exports extends WithMemory> {
  #module: object | undefined;
  #kept: Exports | undefined;

  /** @param base64 the module's code */
  constructor(readonly base64: string) {}

  /**
   * @param bytes of memory that the work needs
   * @param work has exclusive use of the memory, whose content is undefined
   */
  use<T>(bytes: number, work: (exports: Exports) => T): T {
    this.#module ??= new WebAssembly.Module(bytesOf(this.base64));
    const exports = (this.#kept ??= new WebAssembly.Instance(this.#module).exports as Exports);
    const missing = bytes - exports.memory.buffer.byteLength;
    if (missing > 0) exports.memory.grow(Math.ceil(missing / PAGE));
    // WebAssembly memory never shrinks: after a huge image, drop the whole instance.
    if (bytes > MAX_KEPT) this.#kept = undefined;
    return work(exports);
  }
}

/** As browsers can, where images are prepared as in training too. */
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));

const PAGE = 65536;
const MAX_KEPT = 64 * 2 ** 20;

/** Node has it, but the types of version 20 lack it. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};
