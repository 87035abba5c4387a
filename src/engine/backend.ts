import { createRequire } from 'node:module';
import { findBackend } from '@tensorflow/tfjs-core';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node/dist/nodejs_kernel_backend.js';
import type { TFJSBinding } from '@tensorflow/tfjs-node/dist/tfjs_binding.js';
import { enginePackage } from '../support/engine-package.js';

const require = createRequire(import.meta.url);

/** tfjs-node's backend, which computes; there once {@link loadTensorFlow} has loaded it. */
export function nativeBackend(): NodeJSKernelBackend {
  const backend = findBackend('tensorflow') as NodeJSKernelBackend | null;
  if (backend === null) throw new Error('The engine is used before loadTensorFlow() has loaded it.');
  return backend;
}

/** Another backend with tfjs-node's kernels, over a binding that stands in for the native library. */
export function createNodeBackend(binding: TFJSBinding): NodeJSKernelBackend {
  const name = enginePackage();
  const module = require(`${name}/dist/nodejs_kernel_backend.js`) as {
    readonly NodeJSKernelBackend: new (binding: TFJSBinding, packageName: string) => NodeJSKernelBackend;
  };
  return new module.NodeJSKernelBackend(binding, name);
}
