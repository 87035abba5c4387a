import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { engineEnvironment } from '../../engine/environment.js';
import type { EngineVersions } from '../../engine/native.js';
import type { DeviceTrial } from '../../engine/try-device.js';
import { formatBytes } from '../../support/bytes.js';
import { findEngine } from '../../support/engine-files.js';
import type { Problem } from '../../support/problem.js';
import type { Io } from '../io.js';
import type { Finding } from './finding.js';

const script = `
  const [native, trial] = process.argv.slice(1);
  const { engineVersions, loadTensorFlow } = await import(native);
  const { tryDevice } = await import(trial);
  try {
    const tf = await loadTensorFlow();
    const slope = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2])).dataSync();
    if (slope[1] !== 4) throw new Error('the gradient of x*x at 2 is ' + slope[1]);
    process.stdout.write(JSON.stringify({ versions: await engineVersions(), trial: await tryDevice() }));
  } catch (error) {
    if (error.problems === undefined) throw error;
    process.stdout.write(JSON.stringify({ problems: error.problems }));
  }
`;

/** The child's answer. */
type Answer =
  | { readonly versions: EngineVersions; readonly trial: DeviceTrial }
  | { readonly problems: readonly [Problem, ...Problem[]] };

/**
 * The products of TF32, which cards use for float32, have 10 bits of fraction: sums of 72 products of numbers below 1 are a few thousandths
 * off. A wrong result is off by whole numbers.
 */
const TOLERANCE = 0.02;

/** Loads the engine, computes a gradient, and tries its device, in a separate process, because the library can crash it. */
export async function checkEngine(env: Io['env']): Promise<readonly Finding[]> {
  const modules = ['native', 'try-device'].map((name) =>
    fileURLToPath(new URL(`../../engine/${name}.js`, import.meta.url)),
  );
  const { exitCode, signal, stdout, stderr } = await execa(
    process.execPath,
    ['--input-type=module', '-e', script, ...modules],
    { env: engineEnvironment({ ...env }), extendEnv: false, stdin: 'ignore', reject: false },
  );
  const name = 'engine';
  if (exitCode === 0) return answered(JSON.parse(stdout) as Answer, findEngine(env)?.folder ?? '');
  if (signal !== undefined) {
    const text = `loading it crashed the process with ${signal}${signal === 'SIGILL' ? ': this processor lacks AVX' : ''}.`;
    return [
      { state: 'broken', name, text, cure: 'Set it up again: runner setup --remove-engines, then runner setup.' },
    ];
  }
  const reason = /Error: (.*)/.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? 'it cannot be loaded';
  return [{ state: 'broken', name, text: reason, cure: 'Set it up: runner setup' }];
}

/** What the child found. @param folder of the engine */
export function answered(answer: Answer, folder: string): readonly Finding[] {
  if ('problems' in answer) {
    const [{ message, cure }] = answer.problems;
    return [{ state: 'broken', name: 'engine', text: message, ...(cure !== undefined && { cure }) }];
  }
  return [{ state: 'ok', name: 'engine', text: describe(answer.versions, folder) }, deviceFinding(answer.trial)];
}

function deviceFinding({ device, card, milliseconds, difference }: DeviceTrial): Finding {
  const name = 'device';
  const where = device === 'cpu' ? 'the processor' : describeCard(card);
  if (difference <= TOLERANCE) {
    const result = `a 3x3 convolution of 64 channels at 256x256 in ${milliseconds.toPrecision(3)} ms; results differ from JavaScript’s by ${difference.toPrecision(1)} at most`;
    return { state: 'ok', name, text: `${where}: ${result}` };
  }
  const text = `${where}: a convolution is wrong, by ${difference.toPrecision(2)} where ${TOLERANCE} is expected at most.`;
  return {
    state: 'broken',
    name,
    text,
    cure: 'Use another device: engine.device in a config, RUNNER_DEVICE without one.',
  };
}

function describeCard(card: DeviceTrial['card']): string {
  if (card === undefined) return 'a GPU that nvidia-smi does not describe';
  const { card: name, cardMemory, computeCapability, driver } = card;
  return `${name}, ${formatBytes(cardMemory)}, compute capability ${computeCapability}, driver ${driver}`;
}

function describe({ kind, tensorflow, tfjs }: EngineVersions, folder: string): string {
  return `TensorFlow ${tensorflow} for ${kind === 'gpu' ? 'NVIDIA GPUs' : 'CPUs'}, TensorFlow.js ${tfjs}, in ${folder}`;
}
