import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The npm package whose engine is used: what RUNNER_ENGINE says; else the GPU's where set-up has put an engine into it,
 * which it does only if there is a GPU.
 */
export function enginePackage(env: NodeJS.ProcessEnv = process.env): string {
  const [cpu, gpu] = ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'];
  if (env.RUNNER_ENGINE === 'cpu') return cpu;
  return env.RUNNER_ENGINE === 'gpu' || existsSync(bindingPath(gpu)) ? gpu : cpu;
}

/** Where a package looks for its native binding: the folder is named by the newest N-API version that it knows. */
export function bindingPath(name: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), 'lib', 'napi-v8', 'tfjs_binding.node');
}
