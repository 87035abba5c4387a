import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DEVICE_VARIABLE } from '../support/device.js';
import type { Engine } from '../support/engine-files.js';
import { nvidiaFacts } from '../support/nvidia.js';
import { cudaFolder, cudaLibraries } from './environment.js';
import type { GpuEvidence, LoaderEvidence } from './no-gpu.js';

/** What this machine says about its GPUs, for an engine that needs one. */
export function gpuEvidence(engine: Engine, env: NodeJS.ProcessEnv): GpuEvidence {
  return { nvidia: nvidiaFacts(), env, bringsCuda: existsSync(cudaFolder(engine)) };
}

/** The same, with what the loader and TensorFlow say in this process, which has the engine's environment. */
export function loaderEvidence(engine: Engine, env: NodeJS.ProcessEnv): LoaderEvidence {
  return {
    ...gpuEvidence(engine, env),
    loadError: (library) => loadError(library, engine),
    log: () => gpuLine(startLog(engine, env)),
  };
}

/** Tries what the linker finds, then the engine's own copy, which TensorFlow finds by its own search path. */
function loadError(library: string, engine: Engine): string | undefined {
  const own = cudaLibraries(engine)
    .map((folder) => join(folder, library))
    .filter(existsSync);
  const errors = [library, ...own].map(dlopenError);
  return errors.includes(undefined) ? undefined : errors[0];
}

/** Node loads any library before it complains that it is no module of its own. */
function dlopenError(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library);
  } catch (error) {
    const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
    if (!line.includes('did not self-register')) return line;
  }
  return undefined;
}

/** What TensorFlow writes when it starts, at its most talkative. */
function startLog({ binding }: Engine, env: NodeJS.ProcessEnv): string {
  const script = 'process.dlopen({ exports: {} }, process.argv[1])';
  // A chosen card is in CUDA_VISIBLE_DEVICES already.
  const settings = { ...env, [DEVICE_VARIABLE]: 'gpu', TF_CPP_MIN_LOG_LEVEL: '0' };
  const options = { env: settings, encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync(process.execPath, ['-e', script, binding], options).stderr;
}

/** The most telling first. */
const TELLING = [/Ignoring visible gpu/i, /Cannot dlopen/i, /cuInit/i, /\b(cuda|cudnn|gpu)/i];

/** The line of TensorFlow's log that says most about GPUs, without its time and place. */
export function gpuLine(log: string): string | undefined {
  const lines = log.split('\n').map((line) => line.replace(/^([IWEF]\d{4} |\d{4}-\d\d-\d\d )[^\]]*\] /, '').trim());
  return TELLING.map((pattern) => lines.find((line) => pattern.test(line))).find((line) => line !== undefined);
}
