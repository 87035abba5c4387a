import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { explainCacheError, requireSpace, workFolder } from '../cache.mjs';
import { run, tail, which } from '../run.mjs';
import { SetupError, withProgress } from '../say.mjs';
import { tfjsVersion } from './pins.cjs';
import { publish } from './publish.mjs';

/** @import { Choice } from './types.mjs' */

const BINDING = 'lib/napi-v8/tfjs_binding.node';

/**
 * Has the tfjs-node package's own installer download a TensorFlow 2.9 and a binding built for it, in a folder of its own, and
 * takes over what came.
 * @param {Choice} choice
 * @param {SetupError} [instead] why the better engine could not be had
 */
export async function installPrebuilt(choice, instead) {
  const { kind, prebuilt: id } = choice;
  const name = kind === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  const [work, place] = [join(workFolder(), id), join(workFolder(), 'npm')];
  try {
    rmSync(workFolder(), { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    mkdirSync(place);
    requireSpace(1500e6, 'the prebuilt engine');
    const output = await download(name, kind, place);
    const folder = join(place, 'node_modules', name);
    // The installer's exit code is 0 in some of its failures.
    if (!existsSync(join(folder, BINDING))) throw failure(name, output, instead);
    for (const part of ['lib', 'deps'])
      if (existsSync(join(folder, part))) renameSync(join(folder, part), join(work, part));
    rmSync(place, { recursive: true, force: true });
    const insteadOf = instead === undefined ? undefined : (choice.recipe?.id ?? 'nothing');
    publish(work, { id, kind, tensorflow: '2.9.1', compiler: 'prebuilt', binding: BINDING, insteadOf });
  } catch (error) {
    rmSync(workFolder(), { recursive: true, force: true });
    throw explainCacheError(error, work);
  }
}

/** @param {string} name @param {'cpu' | 'gpu'} kind @param {string} place @returns {Promise<string>} what was printed */
async function download(name, kind, place) {
  const npm = which('npm');
  if (npm === undefined) return 'npm is not in PATH';
  const quiet = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  return withProgress(`installing the prebuilt engine of ${name} (about 450 MB)`, async () => {
    const got = await run([npm, 'install', ...quiet, '--prefix', place, `${name}@${tfjsVersion}`], { cwd: place });
    if (got.code !== 0) return got.output;
    const folder = join(place, 'node_modules', name);
    const bins = [join(folder, 'node_modules', '.bin'), join(place, 'node_modules', '.bin')];
    const env = { ...process.env, PATH: [...bins, process.env.PATH].join(delimiter) };
    const { output } = await run([process.execPath, 'scripts/install.js', kind, 'download'], { cwd: folder, env });
    return output;
  });
}

/** @param {string} name @param {string} output @param {SetupError | undefined} instead */
function failure(name, output, instead) {
  const reason = `the prebuilt engine of ${name} could not be installed:\n${tail(output, 6)}`;
  if (instead === undefined) {
    return new SetupError(
      reason,
      'Mend what it complains about, or unset RUNNER_ENGINE to build the engine from current libraries.',
    );
  }
  const first = `there is no native engine, and none could be set up.\n  1. ${instead.message}\n  2. ${reason}`;
  return new SetupError(first, instead.cure);
}
