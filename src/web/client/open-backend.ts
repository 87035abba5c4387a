import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from './choose-backend.js';
import type { FolderFiles } from './folder-files.js';

/** Loads a backend's code, and makes it the one that computes. @throws Error, for people, where the browser has none */
export async function openBackend(name: BackendName, files: FolderFiles): Promise<void> {
  await LOADERS[name](files);
  const ready = await tf.setBackend(name).catch(() => false);
  if (!ready) throw new Error('this browser has none');
}

/** What TypeScript's types lack; where the last is depends on the browser. */
interface GpuAdapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

const LOADERS: Readonly<Record<BackendName, (files: FolderFiles) => Promise<void>>> = {
  async webgpu() {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<GpuAdapter | null> } };
    // Asked first, since TensorFlow.js writes an error to the console where there is no adapter.
    const adapter = await gpu?.requestAdapter();
    if (!adapter) throw new Error('this browser has none');
    if (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter) throw new Error('there is no GPU for it');
    await import('@tensorflow/tfjs-backend-webgpu');
  },
  async webgl() {
    if (typeof OffscreenCanvas === 'undefined' || new OffscreenCanvas(1, 1).getContext('webgl2') === null) {
      throw new Error('this browser has none');
    }
    await import('@tensorflow/tfjs-backend-webgl');
    // Half-float textures are for old phones, and instance norms overflow in them.
    tf.env().set('WEBGL_FORCE_F16_TEXTURES', false);
  },
  async wasm(files) {
    if (typeof WebAssembly === 'undefined') throw new Error('this browser has none');
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': files.address('tfjs-backend-wasm.wasm'),
      'tfjs-backend-wasm-simd.wasm': files.address('tfjs-backend-wasm-simd.wasm'),
      'tfjs-backend-wasm-threaded-simd.wasm': files.address('tfjs-backend-wasm-threaded-simd.wasm'),
    });
  },
};
