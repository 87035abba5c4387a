import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGE = 'onnxruntime-node';

/** The part of onnxruntime-node that is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: { create(path: string): Promise<OnnxSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
  readonly env: { readonly versions: Readonly<Record<string, string | undefined>> };
}

export interface OnnxSession {
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/**
 * onnxruntime-node, if it is installed beside this package or in the current folder; undefined if not. It is no dependency: it has 270 MB, the libraries of
 * all systems.
 *
 * @throws what it throws where it is installed but cannot be loaded
 */
export async function openOnnxRuntime(cwd = process.cwd()): Promise<OnnxRuntime | undefined> {
  for (const from of [import.meta.url, pathToFileURL(join(cwd, 'index.js')).href]) {
    const path = resolveFrom(from);
    if (path !== undefined) {
      const { default: runtime } = (await import(pathToFileURL(path).href)) as { readonly default: OnnxRuntime };
      return runtime;
    }
  }
  return undefined;
}

function resolveFrom(file: string): string | undefined {
  try {
    return createRequire(file).resolve(PACKAGE);
  } catch {
    return undefined;
  }
}
