import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadsFolder, enginesFolder, explainCacheError, requireSpace, sizeOf, workFolder } from '../cache.mjs';
import { run, tail } from '../run.mjs';
import { megabytes, NotPossibleHere, say, SetupError } from '../say.mjs';
import { compileBinding } from './compile.mjs';
import { fetchWheels, missingBytes, unpack } from './download.mjs';
import { tensorflowVersion } from './pins.mjs';
import { findPip } from './python.mjs';
import { engineFolder, packageFolder } from './ready.mjs';

/** @import { Choice, Manifest, Recipe } from './types.mjs' */

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
 * @param {Choice} choice
 * @param {Recipe} recipe
 */
export async function buildFromWheels(root, choice, recipe) {
  refuseOtherLibc();
  const pip = await findPip();
  const work = join(workFolder(), recipe.id);
  try {
    rmSync(workFolder(), { recursive: true, force: true });
    mkdirSync(join(work, 'lib'), { recursive: true });
    mkdirSync(downloadsFolder(), { recursive: true });
    requireSpace(missingBytes(recipe.wheels) + recipe.unpackedBytes + 100e6, `the engine (${what})`);
    say(
      `the native engine, ${what} for ${choice.kind === 'gpu' ? 'NVIDIA GPUs' : 'CPUs'}, is kept in ${engineFolder(recipe)}`,
    );

    await unpack(pip, await fetchWheels(pip, recipe.wheels), join(work, 'site'), neededFiles);
    const compiler = await compileBinding({
      root,
      source: /** @type {string} */ (packageFolder(root, choice.package)),
      work,
      pip,
    });
    rmSync(join(work, 'site', 'tensorflow', 'include'), { recursive: true, force: true });
    await tryLoading(join(work, 'lib', 'tfjs_binding.node'));
    publish(work, recipe, {
      id: recipe.id,
      kind: choice.kind,
      tensorflow: tensorflowVersion,
      compiler,
      files: listFiles(work),
    });
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

/** @param {string} work @param {Recipe} recipe @param {Manifest} manifest */
function publish(work, recipe, manifest) {
  writeFileSync(join(work, 'engine.json'), JSON.stringify(manifest, null, 2));
  mkdirSync(enginesFolder(), { recursive: true });
  const folder = engineFolder(recipe);
  // A broken one of the same name makes way first: a folder cannot be renamed over another.
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
  rmSync(workFolder(), { recursive: true, force: true });
  rmSync(downloadsFolder(), { recursive: true, force: true });
  say(`the engine is ready (${megabytes(sizeOf(folder))}; "runner setup --remove-engines" removes it)`);
}

/** @param {string} folder @returns {Record<string, number>} */
function listFiles(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((file) => join(file.parentPath ?? file.path, file.name));
  return Object.fromEntries(paths.map((path) => [relative(folder, path), statSync(path).size]));
}
