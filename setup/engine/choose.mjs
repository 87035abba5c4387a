import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { which } from '../run.mjs';
import { SetupError } from '../say.mjs';
import { recipes } from './pins.mjs';

/** @import { Choice } from './types.mjs' */

const modes = /** @type {const} */ (['auto', 'cpu', 'gpu', 'prebuilt']);

/**
 * Which engine this machine should use: RUNNER_ENGINE, and a look for an NVIDIA GPU.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Choice}
 */
export function chooseEngine(env) {
  const word = env.RUNNER_ENGINE || 'auto';
  const mode = modes.find((name) => name === word);
  if (mode === undefined) {
    throw new SetupError(
      `RUNNER_ENGINE is "${word}"; it can be ${modes.join(', ')}.`,
      'Set it to one of these, or unset it to let runner choose.',
      2,
    );
  }
  const kind = mode === 'cpu' || mode === 'gpu' ? mode : hasNvidiaGpu() && hasGpuEngine() ? 'gpu' : 'cpu';
  return {
    mode,
    kind,
    package: kind === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node',
    recipe: mode === 'prebuilt' ? undefined : recipes[`${kind}-${platform()}-${arch()}`],
  };
}

function hasNvidiaGpu() {
  if (existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidiactl')) return true;
  const tool = which('nvidia-smi');
  if (tool === undefined) return false;
  // It may be there without a GPU, as in many container images; then it fails at once.
  const { status, stdout } = spawnSync(tool, ['-L'], { encoding: 'utf8', timeout: 10_000 });
  return status === 0 && stdout.includes('GPU');
}

/** TensorFlow has no CUDA for ARM, and none but Linux and Windows ever had a prebuilt. */
function hasGpuEngine() {
  return arch() === 'x64' && platform() !== 'darwin';
}
