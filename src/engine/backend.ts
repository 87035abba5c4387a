import { createRequire } from 'node:module';
import { findBackend } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '#tfjs-node/nodejs_kernel_backend.js';
import type { TFJSBinding } from '#tfjs-node/tfjs_binding.js';
import { engineKind } from '../support/engine-files.js';

const require = createRequire(import.meta.url);

/** tfjs-node's backend, which computes; available after {@link loadTensorFlow}. */
export function nativeBackend(): NodeJSKernelBackend {
  const backend = findBackend('tensorflow') as NodeJSKernelBackend | null;
  if (backend === null) throw new Error('The engine is used before loadTensorFlow() has loaded it.');
  return backend;
}

/** Whether XLA compiles training steps: `engine.xla`, where `auto` means on a GPU. On processors TensorFlow's own kernels are faster. */
export function usesXla(xla: 'auto' | 'on' | 'off' = 'auto'): boolean {
  return xla === 'on' || (xla === 'auto' && usesGpu());
}

/** Whether TensorFlow computes on a GPU in this process. */
export function usesGpu(): boolean {
  return nativeBackend().isUsingGpuDevice;
}

/** Another backend with tfjs-node's kernels, over a binding that replaces the native library. */
export function createNodeBackend(binding: TFJSBinding): NodeJSKernelBackend {
  const module = require('#tfjs-node/nodejs_kernel_backend.js') as {
    readonly NodeJSKernelBackend: new (binding: TFJSBinding, packageName: string) => NodeJSKernelBackend;
  };
  // The backend derives from its package name whether it computes on a GPU.
  const name = engineKind() === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  return new module.NodeJSKernelBackend(binding, name);
}
