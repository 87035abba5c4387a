import { deviceOf, possibleCards, visibleCards } from '../support/device.js';
import type { NvidiaFacts } from '../support/nvidia.js';
import type { Problem } from '../support/problem.js';

/** What is known where a GPU is wanted. */
export interface GpuEvidence {
  readonly nvidia: NvidiaFacts;
  readonly env: NodeJS.ProcessEnv;
  /** Whether the engine brings CUDA 12 and cuDNN 9 along. The prebuilt one needs an installed CUDA 11. */
  readonly bringsCuda: boolean;
}

/** What only a process with the engine's environment can find out. */
export interface LoaderEvidence extends GpuEvidence {
  /** Why the loader does not load a library; undefined if it does. */
  readonly loadError: (library: string) => string | undefined;
  /** What TensorFlow says about GPUs when it starts. */
  readonly log: () => string | undefined;
}

/** The first driver of CUDA 12 (https://docs.nvidia.com/deploy/cuda-compatibility, minor version compatibility). */
const FIRST_DRIVER = '525.60';

/**
 * cuDNN supports older cards up to 9.11 only (NVIDIA's support matrices). Of 9.28, which set-up installs, libcudnn_ops and libcudnn_cnn have
 * code for 7.5, 8.0, 9.0, 10.0 and 12.0.
 */
const LEAST_CAPABILITY = 7.5;

/** What TensorFlow opens before it registers a GPU, besides the driver's own library. */
const LIBRARIES = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
  'libcudnn.so.9',
];

/** Where a scheduler hides the cards that a job has not asked for. */
const JOBS = 'A job of Slurm must ask for one (launcher.gres: gpu:1), one of Ray, too (launcher.gpus: 1).';

/** Errors of cuInit that come from the system, by name or number (cuda.h), and what helps. */
const CUDA_ERRORS: readonly (readonly [RegExp, string])[] = [
  [
    /SYSTEM_NOT_READY|\(802\)/,
    'On a machine with NVSwitch, start the fabric manager: systemctl start nvidia-fabricmanager.',
  ],
  [
    /SYSTEM_DRIVER_MISMATCH|\(803\)/,
    'The driver’s library and the loaded module differ, as after an update: restart the machine.',
  ],
  [/CUDA_ERROR_UNKNOWN|\(999\)/, 'The module nvidia-uvm may be missing: run nvidia-modprobe -u -c=0 as root.'],
];

const PROCESSOR = 'To compute on the processor: engine.device: cpu (without a config: RUNNER_DEVICE=cpu).';

/** Why an engine for GPUs found none, in one sentence, and what to do about it. */
export function explainNoGpu(evidence: LoaderEvidence): Problem {
  return obstacle(evidence) ?? loaderObstacle(evidence) ?? oldCard(evidence) ?? unexplained(evidence);
}

/** Why there will be no GPU, as far as that can be seen without the engine: before a run starts. */
export function foreseeNoGpu(evidence: GpuEvidence): Problem | undefined {
  return obstacle(evidence) ?? oldCard(evidence);
}

function obstacle({ nvidia, env, bringsCuda }: GpuEvidence): Problem | undefined {
  const { driver, hasDevice, cards, count } = nvidia;
  if (driver === undefined && !hasDevice && cards === undefined) {
    return noGpu(
      'this machine has no NVIDIA driver (no /proc/driver/nvidia, no /dev/nvidiactl, no nvidia-smi)',
      `Install the driver, ${FIRST_DRIVER} or later, or start the container with its GPU (docker run --gpus all).`,
    );
  }
  if (driver !== undefined && !hasDevice) {
    return noGpu(
      `NVIDIA’s driver ${driver} is loaded, but there is no /dev/nvidiactl here`,
      'In a container: start it with its GPU (docker run --gpus all). Else run nvidia-smi once as root, which makes the files.',
    );
  }
  const hidden = hiddenCards(env, count);
  if (hidden !== undefined) return hidden;
  const version = driver ?? cards?.[0]?.driver;
  if (bringsCuda && version !== undefined && isOlder(version, FIRST_DRIVER)) {
    return noGpu(
      `NVIDIA’s driver is ${version}, and CUDA 12 needs ${FIRST_DRIVER} or later`,
      'Install a newer driver, and restart the machine.',
    );
  }
  return undefined;
}

function hiddenCards(env: NodeJS.ProcessEnv, count: number | undefined): Problem | undefined {
  const visible = visibleCards(env);
  if (visible === undefined) return undefined;
  const setting = `CUDA_VISIBLE_DEVICES is "${env['CUDA_VISIBLE_DEVICES']}"`;
  if (visible.length === 0) return noGpu(`${setting}, which hides all cards`, `Unset it, or name a card: 0. ${JOBS}`);
  const [first] = visible;
  if (count === undefined || !/^\d+$/.test(first!) || Number(first) < count) return undefined;
  return noGpu(
    `${setting}, and there is no card ${first}: this machine has ${count}, counted from 0`,
    count === 1 ? 'Unset it, or set it to 0.' : `Unset it, or name cards from 0 to ${count - 1}.`,
  );
}

function loaderObstacle({ bringsCuda, loadError, nvidia }: LoaderEvidence): Problem | undefined {
  const driver = loadError('libcuda.so.1');
  if (driver !== undefined) {
    return noGpu(
      `the driver’s library does not load (${driver})`,
      `Install the libraries of the driver${nvidia.driver === undefined ? '' : ` ${nvidia.driver}`} (Debian: libcuda1; in a container: NVIDIA Container Toolkit, with NVIDIA_DRIVER_CAPABILITIES=compute,utility).`,
    );
  }
  if (!bringsCuda) return undefined;
  const missing = LIBRARIES.map(loadError).find((error) => error !== undefined);
  if (missing === undefined) return undefined;
  return noGpu(
    `a library of CUDA does not load (${missing})`,
    'Set the engine up again: runner setup --remove-engines, then RUNNER_ENGINE=gpu runner setup.',
  );
}

function oldCard({ nvidia, env, bringsCuda }: GpuEvidence): Problem | undefined {
  const cards = possibleCards(deviceOf(undefined, env), env, nvidia.cards ?? []);
  if (!bringsCuda || cards.length === 0) return undefined;
  if (!cards.every(({ computeCapability }) => computeCapability < LEAST_CAPABILITY)) return undefined;
  const named = [...new Set(cards.map(({ name, computeCapability }) => `${name} (${computeCapability.toFixed(1)})`))];
  return noGpu(
    `the card is too old: ${named.join(', ')}, and the engine’s cuDNN supports compute capability ${LEAST_CAPABILITY} (Turing) and higher`,
    'Use a newer card.',
  );
}

function unexplained({ log }: LoaderEvidence): Problem {
  const line = log();
  const why = line === undefined ? 'TensorFlow sees none, and does not say why' : `TensorFlow sees none: ${line}`;
  const known = CUDA_ERRORS.find(([error]) => error.test(line ?? ''))?.[1];
  return noGpu(why, known ?? 'See whether nvidia-smi lists the card without an error.');
}

function noGpu(why: string, cure: string): Problem {
  const message = `The engine is for NVIDIA GPUs and finds none: ${why}.`;
  return { code: 'no-gpu', message, cure: `${cure} ${PROCESSOR}`, option: ['engine', 'device'] };
}

function isOlder(version: string, least: string): boolean {
  const [[major = 0, minor = 0], [leastMajor = 0, leastMinor = 0]] = [version, least].map((each) =>
    each.split('.').map(Number),
  ) as [number[], number[]];
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}
