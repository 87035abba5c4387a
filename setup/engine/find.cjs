// CommonJS, because the command's own sources load it too (src/support/engine-files.ts), and at once.
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync, statSync } = require('node:fs');
const { arch, platform } = require('node:os');
const { join } = require('node:path');
const { cacheFolder } = require('../cache-folder.cjs');
const { recipes, tfjsVersion } = require('./pins.cjs');

/** @import { Choice, Engine, Manifest } from './types.mjs' */

const modes = /** @type {const} */ (['auto', 'cpu', 'gpu', 'prebuilt']);

/** A file that set-up leaves in the checkout: the folder of engines that whoever set it up has used. */
const RECORD = join(__dirname, '..', '..', 'dist', '.engines');

/**
 * Which engine this machine should use: RUNNER_ENGINE, and a look for an NVIDIA GPU.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Choice}
 */
function choiceFor(env) {
  const mode = modes.find((name) => name === env.RUNNER_ENGINE) ?? 'auto';
  const kind = mode === 'cpu' || mode === 'gpu' ? mode : hasGpuEngine() && hasNvidiaGpu() ? 'gpu' : 'cpu';
  const recipe = mode === 'prebuilt' ? undefined : recipes[`${kind}-${platform()}-${arch()}`];
  return { mode, kind, recipe, prebuilt: prebuiltId(kind) };
}

/**
 * The engine that a process here uses: the chosen one or what stands in for it, in the user's cache or where the checkout was set
 * up. Nothing is written, and nothing of it lies in node_modules.
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {Engine | undefined} undefined when it is not set up
 */
function findEngine(env) {
  const { mode, kind, recipe, prebuilt } = choiceFor(env);
  const ids = [recipe?.id, ...(mode === 'cpu' || mode === 'gpu' ? [] : [prebuilt])];
  // A program may use what was set up for the CPU before there was a GPU; the command sets up what is better first.
  if (mode === 'auto' && kind === 'gpu') ids.push(recipes[`cpu-${platform()}-${arch()}`]?.id);
  for (const id of ids) {
    const engine = id === undefined ? undefined : engineOf(id);
    if (engine !== undefined) return engine;
  }
  return undefined;
}

/** The engine that a process here uses. @param {Readonly<Record<string, string | undefined>>} env @returns {Engine} */
function requireEngine(env) {
  const engine = findEngine(env);
  if (engine !== undefined) return engine;
  throw new Error(`The native TensorFlow library is not there (in ${enginesFolder()}): run "runner setup".`);
}

/** The complete engine of an id. @param {string} id @returns {Engine | undefined} */
function engineOf(id) {
  for (const engines of [enginesFolder(), recordedFolder()]) {
    const engine = engines === undefined ? undefined : engineIn(join(engines, id));
    if (engine !== undefined) return engine;
  }
  return undefined;
}

/** The engine in a folder, if every file that its manifest names is there and has its size. @param {string} folder @returns {Engine | undefined} */
function engineIn(folder) {
  try {
    const manifest = /** @type {Manifest} */ (JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8')));
    const { files, kind, binding = 'lib/tfjs_binding.node', insteadOf } = manifest;
    const complete = Object.entries(files).every(([file, size]) => statSync(join(folder, file)).size === size);
    return complete ? { folder, kind, binding: join(folder, binding), insteadOf } : undefined;
  } catch {
    return undefined;
  }
}

/** Engines, each complete: published by one rename. */
function enginesFolder() {
  return join(cacheFolder(), 'engines');
}

function recordedFolder() {
  try {
    return readFileSync(RECORD, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** @param {'cpu' | 'gpu'} kind */
function prebuiltId(kind) {
  return `${kind}-prebuilt${tfjsVersion}-${platform()}-${arch()}`;
}

/** @type {boolean | undefined} */
let listed;

function hasNvidiaGpu() {
  if (existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidiactl')) return true;
  // The tool may be there without a GPU, as in many container images; then it fails at once.
  listed ??= (() => {
    const { status, stdout } = spawnSync('nvidia-smi', ['-L'], { encoding: 'utf8', timeout: 10_000 });
    return status === 0 && stdout.includes('GPU');
  })();
  return listed;
}

/** TensorFlow has no CUDA for ARM, and none but Linux and Windows ever had a prebuilt. */
function hasGpuEngine() {
  return arch() === 'x64' && platform() !== 'darwin';
}

module.exports = { RECORD, choiceFor, engineOf, enginesFolder, findEngine, modes, requireEngine };
