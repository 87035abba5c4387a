import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findEngine, type Engine } from '../support/engine-files.js';
import { xlaCacheSettings } from './xla-cache.js';

/**
 * The environment for a child process that uses the engine: TensorFlow and CUDA read their settings, and the linker its paths, when a
 * process starts. What the user has set stays.
 */
export function engineEnvironment(
  env: NodeJS.ProcessEnv = process.env,
  engine: Engine | undefined = findEngine(env),
): NodeJS.ProcessEnv {
  return { ...env, ...tensorFlowSettings(env, engine), ...memorySettings(env), ...cudaPaths(env, engine) };
}

/** The settings that TensorFlow reads when it is loaded, so also those of a process that was started without them. */
export function tensorFlowSettings(env: NodeJS.ProcessEnv, engine: Engine | undefined): NodeJS.ProcessEnv {
  const gpu = engine?.kind === 'gpu' ? gpuSettings(env) : {};
  return { ...logLevel(env), ...oneDnn(env), ...xlaCacheSettings(env, engine), ...gpu };
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

/** Logs warnings and errors only, unless the user sets another level. */
function logLevel(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { TF_CPP_MIN_LOG_LEVEL: env.TF_CPP_MIN_LOG_LEVEL ?? '1' };
}

/**
 * Memory grows as needed: by default TensorFlow takes the whole card at once, so that a second process finds none, and three times the
 * host's memory. `TF_GPU_ALLOCATOR` stays TensorFlow's: `cuda_malloc_async` gives memory back to the driver's pool, so the same tensor
 * comes to lie at other addresses, and XLA must update the CUDA graphs that it has recorded (openxla/xla#13411).
 *
 * Kernels for cards that are newer than TensorFlow's build are compiled when they are first used. The driver's cache of them holds 1 GiB
 * by default, and drops the oldest beyond that; 4 GiB is its maximum.
 */
function gpuSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    TF_FORCE_GPU_ALLOW_GROWTH: env.TF_FORCE_GPU_ALLOW_GROWTH ?? 'true',
    CUDA_CACHE_MAXSIZE: env.CUDA_CACHE_MAXSIZE ?? String(4 * 2 ** 30),
  };
}

/**
 * glibc gives each of the many threads of TensorFlow, libvips and Node its own heap, and memory freed in one heap is not reused by
 * another: memory grows over epochs. Two heaps keep it constant.
 */
function memorySettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: env.MALLOC_ARENA_MAX ?? '2' };
}

/** The folder of CUDA's libraries, which set-up installs beside the engine's own; the prebuilt engine has none. */
export function cudaFolder({ folder }: Pick<Engine, 'folder'>): string {
  return join(folder, 'site', 'nvidia');
}

/** The folders of CUDA's libraries in it; none where set-up has installed none. */
export function cudaLibraries(engine: Pick<Engine, 'folder'>): readonly string[] {
  const cuda = cudaFolder(engine);
  if (!existsSync(cuda)) return [];
  return readdirSync(cuda)
    .map((name) => join(cuda, name, 'lib'))
    .filter(existsSync);
}

/** Where the linker and XLA find CUDA. */
function cudaPaths(env: NodeJS.ProcessEnv, engine: Engine | undefined): NodeJS.ProcessEnv {
  const cuda = engine && cudaFolder(engine);
  if (cuda === undefined || !existsSync(cuda)) return {};
  const compiler = join(cuda, 'cuda_nvcc');
  return {
    LD_LIBRARY_PATH: joined(cudaLibraries(engine!), env.LD_LIBRARY_PATH),
    // XLA compiles kernels for the GPU with ptxas, and links them with libdevice.
    PATH: joined([join(compiler, 'bin')], env.PATH),
    XLA_FLAGS: [`--xla_gpu_cuda_data_dir=${compiler}`, env.XLA_FLAGS].filter(Boolean).join(' '),
  };
}

function joined(folders: readonly string[], rest: string | undefined): string {
  return [...folders, ...(rest ? [rest] : [])].join(delimiter);
}
