import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type * as TfjsNode from '#tfjs-node/index.js';
import { cacheFolder } from '../support/cache-folder.js';
import { deviceOf } from '../support/device.js';
import { engineKind, findEngine, type Engine } from '../support/engine-files.js';
import { ProblemError } from '../support/problem.js';
import { usesGpu } from './backend.js';
import { deviceEnvironment } from './device.js';
import { tensorFlowSettings } from './environment.js';
import { loaderEvidence } from './gpu-evidence.js';
import { explainNoGpu } from './no-gpu.js';
import { recordedSettings } from './recorded-settings.js';
import { usedCard, type UsedCard } from './used-card.js';

/**
 * TensorFlow.js with its native backend: `tf.node`, the SavedModel and summary functions. Import operations from
 * `@tensorflow/tfjs-core`, which shares its state with this.
 */
export type TensorFlow = typeof TfjsNode;

export interface EngineVersions extends Partial<UsedCard> {
  /** TensorFlow.js's version. */
  readonly tfjs: string;
  /** What it is built for. */
  readonly kind: 'cpu' | 'gpu';
  /** What it computes on. */
  readonly device: 'cpu' | 'gpu';
  /** The native library's version, such as `2.21.0`. */
  readonly tensorflow: string;
  readonly node: string;
  /** The processor's name. */
  readonly cpu: string;
  /** Variables of the environment: see {@link recordedSettings}. */
  readonly settings: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);
let loaded: Promise<TensorFlow> | undefined;

/**
 * Loads TensorFlow.js with its native library into this process, once, and activates its backend.
 * @throws ProblemError `engine-missing` when the native library is missing or does not load; `no-gpu` when it is one for GPUs and finds
 * none, unless RUNNER_DEVICE is `cpu`.
 */
export function loadTensorFlow(): Promise<TensorFlow> {
  loaded ??= Promise.resolve().then(load);
  return loaded;
}

/** The versions of the engine's parts, its device and its settings, for the run's record. Loads the engine. @throws ProblemError `engine-missing` */
export async function engineVersions(): Promise<EngineVersions> {
  const tf = await loadTensorFlow();
  const backend = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } };
  return {
    tfjs: tf.version.tfjs,
    kind: engineKind(),
    device: usesGpu() ? 'gpu' : 'cpu',
    ...(usesGpu() && usedCard(process.env)),
    tensorflow: backend.binding.TF_Version,
    node: process.versions.node,
    cpu: cpus()[0]?.model ?? 'unknown',
    settings: recordedSettings(process.env),
  };
}

function load(): TensorFlow {
  const engine = findEngine();
  if (engine === undefined) throw missing();
  Object.assign(process.env, tensorFlowSettings(process.env, engine), deviceEnvironment(process.env, engine));
  patchUtil();
  let tf: TensorFlow;
  try {
    tf = require('#tfjs-node/index.js') as TensorFlow;
  } catch (error) {
    throw broken(engine.binding, error);
  }
  refuseSilentFallback(engine);
  return tf;
}

/** Without a GPU, TensorFlow computes on the processor, many times slower, and says nothing. */
function refuseSilentFallback(engine: Engine): void {
  if (engine.kind === 'cpu' || usesGpu() || deviceOf(undefined, process.env) === 'cpu') return;
  throw new ProblemError(explainNoGpu(loaderEvidence(engine, process.env)));
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
