import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadsFolder, explainCacheError, requireSpace, workFolder } from '../cache.mjs';
import { run, tail } from '../run.mjs';
import { NotPossibleHere, say, SetupError } from '../say.mjs';
import { compileBinding } from './compile.mjs';
import { fetchWheels, missingBytes, unpack } from './download.mjs';
import { tensorflowVersion } from './pins.cjs';
import { publish } from './publish.mjs';
import { findPip } from './python.mjs';
import { engineFolder } from './ready.mjs';

/** @import { Recipe } from './types.mjs' */

const what = `TensorFlow ${tensorflowVersion}`;

/** Of the wheels: the libraries, what CUDA's compiler needs at run time, licences, and the headers of TensorFlow's C interface. */
const neededFiles = [
  'tensorflow/libtensorflow*',
  'tensorflow/THIRD_PARTY_NOTICES.txt',
  'tensorflow/include/tensorflow/*',
  'tensorflow/include/xla/tsl/*',
  'tensorflow/include/tsl/*',
  'nvidia/*/lib/*',
  'nvidia/cuda_nvcc/bin/*',
  'nvidia/cuda_nvcc/nvvm/libdevice/*',
  '*icen[sc]e*',
];

/**
 * Downloads TensorFlow's libraries, compiles the binding against them, tries that it loads, and publishes the engine in
 * the cache by one rename. What was downloaded is kept until then, so a set-up that was cut off does not start over.
 * @param {string} root
 * @param {'cpu' | 'gpu'} kind
 * @param {Recipe} recipe
 */
export async function buildFromWheels(root, kind, recipe) {
  refuseOtherLibc();
  const pip = await findPip();
  const work = join(workFolder(), recipe.id);
  try {
    rmSync(workFolder(), { recursive: true, force: true });
    mkdirSync(join(work, 'lib'), { recursive: true });
    mkdirSync(downloadsFolder(), { recursive: true });
    requireSpace(missingBytes(recipe.wheels) + recipe.unpackedBytes + 100e6, `the engine (${what})`);
    say(
      `the native engine, ${what} for ${kind === 'gpu' ? 'NVIDIA GPUs' : 'CPUs'}, is kept in ${engineFolder(recipe.id)}`,
    );

    await unpack(pip, await fetchWheels(pip, recipe.wheels), join(work, 'site'), neededFiles);
    const compiler = await compileBinding({ root, source: join(root, 'dist', 'tfjs-node'), work, pip });
    rmSync(join(work, 'site', 'tensorflow', 'include'), { recursive: true, force: true });
    await tryLoading(join(work, 'lib', 'tfjs_binding.node'));
    publish(work, { id: recipe.id, kind, tensorflow: tensorflowVersion, compiler });
  } catch (error) {
    // The downloads stay for the next try; what was made of them is made anew.
    rmSync(workFolder(), { recursive: true, force: true });
    throw explainCacheError(error, work);
  }
}

/** The wheels are for the GNU C library. */
function refuseOtherLibc() {
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const version = report.header?.glibcVersionRuntime;
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 27)) return;
  throw new NotPossibleHere(
    `TensorFlow's current libraries need the GNU C library 2.27 or later; this system has ${version ?? 'another one (musl?)'}.`,
    'Use a distribution with glibc, such as Debian or Ubuntu (images named "alpine" have none).',
  );
}

/** Loads the binding in a process of its own: a library that cannot run on this processor kills the process that tries. @param {string} binding */
async function tryLoading(binding) {
  const script = fileURLToPath(new URL('try-loading.cjs', import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' };
  const { code, output } = await run([process.execPath, script, binding], { env });
  if (code === 0) return;
  const old = output.includes('SIGILL') ? ' This processor lacks instructions that TensorFlow needs (AVX).' : '';
  throw new SetupError(
    `the engine was built, but does not load.${old}\n${tail(output, 6)}`,
    old === '' ? 'Mend what it complains about, then run this again.' : 'Use a processor with AVX (2011 or later).',
  );
}
