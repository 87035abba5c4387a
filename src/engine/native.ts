import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import type * as TfjsNode from '#tfjs-node/index.js';
import { cacheFolder } from '../support/cache-folder.js';
import { engineKind, findEngine } from '../support/engine-files.js';
import { ProblemError } from '../support/problem.js';

/**
 * TensorFlow.js with its native backend: `tf.node`, the SavedModel and summary functions. Import operations from
 * `@tensorflow/tfjs-core`, which shares its state with this.
 */
export type TensorFlow = typeof TfjsNode;

export interface EngineVersions {
  /** TensorFlow.js's version. */
  readonly tfjs: string;
  readonly kind: 'cpu' | 'gpu';
  /** The native library's version, such as `2.21.0`. */
  readonly tensorflow: string;
  readonly node: string;
  /** The processor's name. */
  readonly cpu: string;
}

const require = createRequire(import.meta.url);
let loaded: Promise<TensorFlow> | undefined;

/**
 * Loads TensorFlow.js with its native library into this process, once, and activates its backend.
 * @throws ProblemError `engine-missing` when the native library is missing or does not load.
 */
export function loadTensorFlow(): Promise<TensorFlow> {
  loaded ??= Promise.resolve().then(load);
  return loaded;
}

/**
 * The environment for a child process that uses the engine: TensorFlow reads its settings, and the linker its paths,
 * when a process starts.
 */
export function engineEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const result: NodeJS.ProcessEnv = { ...env, ...logLevel(env), ...oneDnn(env), ...memorySettings(env) };
  const cuda = cudaFolder();
  if (cuda === undefined) return result;
  const libraries = readdirSync(cuda).map((name) => join(cuda, name, 'lib'));
  const compiler = join(cuda, 'cuda_nvcc');
  result.LD_LIBRARY_PATH = joined(libraries.filter(existsSync), env.LD_LIBRARY_PATH);
  // XLA compiles kernels for the GPU with ptxas, and links them with libdevice.
  result.PATH = joined([join(compiler, 'bin')], env.PATH);
  result.XLA_FLAGS = [`--xla_gpu_cuda_data_dir=${compiler}`, env.XLA_FLAGS].filter(Boolean).join(' ');
  return result;
}

/**
 * TensorFlow's setting for oneDNN's kernels, on unless the user sets it. By default TensorFlow enables them only on processors with
 * AVX-512 VNNI, BF16 or AMX. With AVX2 alone they make a training step 1.2 to 1.3 times as fast, and only they have the gradients of
 * dilated convolutions. On ARM TensorFlow's default stays: since 2.16 its oneDNN computes convolutions with a reference kernel there
 * (tensorflow/tensorflow#90784).
 */
export function oneDnn(env: NodeJS.ProcessEnv, arch: string = process.arch): NodeJS.ProcessEnv {
  return arch === 'x64' ? { TF_ENABLE_ONEDNN_OPTS: env.TF_ENABLE_ONEDNN_OPTS ?? '1' } : {};
}

/** The versions of the engine's parts, for the run's record. Loads the engine. @throws ProblemError `engine-missing` */
export async function engineVersions(): Promise<EngineVersions> {
  const tf = await loadTensorFlow();
  const backend = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } };
  return {
    tfjs: tf.version.tfjs,
    kind: engineKind(),
    tensorflow: backend.binding.TF_Version,
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
  };
}

function load(): TensorFlow {
  const engine = findEngine();
  if (engine === undefined) throw missing();
  Object.assign(process.env, logLevel(process.env), oneDnn(process.env));
  patchUtil();
  try {
    return require('#tfjs-node/index.js') as TensorFlow;
  } catch (error) {
    throw broken(engine.binding, error);
  }
}

function missing(): ProblemError {
  return new ProblemError({
    code: 'engine-missing',
    message: `The native TensorFlow library is not there (in ${cacheFolder('engines')}).`,
    cure: 'Run "runner setup" to set it up.',
  });
}

function broken(binding: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new ProblemError({
    code: 'engine-missing',
    message: `The native TensorFlow library does not load: ${error.message.split('\n')[0]} (${binding}).`,
    cure: 'Run "runner doctor" to see what is wrong with it.',
  });
}

/** tfjs-node 4.22 calls two functions of `util` that Node 23 removed and earlier ones warn about. */
function patchUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

/** Logs warnings and errors only, unless the user sets another level. */
function logLevel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { TF_CPP_MIN_LOG_LEVEL: env.TF_CPP_MIN_LOG_LEVEL ?? '1' };
}

/**
 * glibc gives each of the many threads of TensorFlow, libvips and Node its own heap, and memory freed in one heap is not reused by
 * another: memory grows over epochs. Two heaps keep it constant.
 */
function memorySettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX ?? '2' };
}

/** The folder of CUDA's libraries, which set-up installs beside the engine's own; undefined when the engine has none. */
function cudaFolder(): string | undefined {
  const engine = findEngine();
  const folder = engine && join(engine.folder, 'site', 'nvidia');
  return folder !== undefined && existsSync(folder) ? folder : undefined;
}

function joined(folders: readonly string[], rest: string | undefined): string {
  return [...folders, ...(rest ? [rest] : [])].join(delimiter);
}
