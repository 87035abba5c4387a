import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { engineEnvironment } from '../../engine/environment.js';
import type { EngineVersions } from '../../engine/native.js';
import { findEngine } from '../../support/engine-files.js';
import type { Io } from '../io.js';
import type { Finding } from './finding.js';

const script = `
  const { engineVersions, loadTensorFlow } = await import(process.argv[1]);
  const tf = await loadTensorFlow();
  const slope = tf.grad((x) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2])).dataSync();
  if (slope[1] !== 4) throw new Error('the gradient of x*x at 2 is ' + slope[1]);
  process.stdout.write(JSON.stringify(await engineVersions()));
`;

/** Loads the engine and computes a gradient, in a separate process, because the library can crash it. */
export async function checkEngine(env: Io['env']): Promise<Finding> {
  const module = fileURLToPath(new URL('../../engine/native.js', import.meta.url));
  const { exitCode, signal, stdout, stderr } = await execa(
    process.execPath,
    ['--input-type=module', '-e', script, module],
    { env: engineEnvironment({ ...env }), extendEnv: false, stdin: 'ignore', reject: false },
  );
  const name = 'engine';
  if (exitCode === 0)
    return { state: 'ok', name, text: describe(JSON.parse(stdout) as EngineVersions, findEngine(env)?.folder ?? '') };
  if (signal !== undefined) {
    const text = `loading it crashed the process with ${signal}${signal === 'SIGILL' ? ': this processor lacks AVX' : ''}.`;
    return { state: 'broken', name, text, cure: 'Set it up again: runner setup --remove-engines, then runner setup.' };
  }
  const reason =
    /(?:Problem)?Error: (.*)/.exec(stderr)?.[1] ?? stderr.trim().split('\n').at(-1) ?? 'it cannot be loaded';
  return { state: 'broken', name, text: reason, cure: 'Set it up: runner setup' };
}

function describe({ kind, tensorflow, tfjs }: EngineVersions, folder: string): string {
  return `TensorFlow ${tensorflow} for ${kind === 'gpu' ? 'NVIDIA GPUs' : 'CPUs'}, TensorFlow.js ${tfjs}, in ${folder}`;
}
