import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireSpace } from '../cache.mjs';
import { run, tail, which } from '../run.mjs';
import { NotPossibleHere, say, withProgress } from '../say.mjs';
import { fetchWheels, missingBytes, unpack } from './download.mjs';
import { zig } from './pins.cjs';

/**
 * @typedef {object} Site
 * @property {string} root
 * @property {string} source the copy of the tfjs-node package, whose binding/ holds the sources
 * @property {string} work the engine's folder: has site/, gets lib/tfjs_binding.node
 * @property {readonly string[]} pip
 */

/**
 * Compiles tfjs-node's binding with the first compiler that can: $CXX, g++, clang++, c++, and zig from PyPI.
 * @param {Site} site
 * @returns {Promise<string>} the compiler
 */
export async function compileBinding(site) {
  for (const compiler of installedCompilers()) {
    const { code, output } = await withProgress(`compiling the binding with ${compiler.join(' ')}`, () =>
      compile(site, compiler, ['-Wl,-z,initfirst']),
    );
    if (code === 0) return compiler.join(' ');
    say(`${compiler.join(' ')} could not compile it:\n${tail(output, 6)}`);
  }
  return compileWithZig(site);
}

/** @returns {string[][]} */
function installedCompilers() {
  const asked = (process.env.CXX ?? '').split(' ').filter((word) => word !== '');
  const found = [asked, ['g++'], ['clang++'], ['c++']].filter(([program]) => program !== undefined && which(program));
  return found.filter((command, index) => found.findIndex((other) => other[0] === command[0]) === index);
}

/** @param {Site} site */
async function compileWithZig(site) {
  const pin = zig[`${platform()}-${arch()}`];
  if (pin === undefined)
    throw new NotPossibleHere('there is no C++ compiler to build the engine with.', 'Install g++ or clang++.');
  say(
    'no usable C++ compiler in PATH (g++, clang++, c++ or $CXX); taking the one in the ziglang package for this once',
  );
  requireSpace(missingBytes([pin.wheel]) + pin.unpackedBytes, 'zig');
  const folder = join(site.work, 'zig');
  await unpack(site.pip, await fetchWheels(site.pip, [pin.wheel]), folder, ['ziglang/*']);
  const compiler = [join(folder, 'ziglang', 'zig'), 'c++', '-target', pin.target];
  const cache = { ZIG_GLOBAL_CACHE_DIR: join(folder, 'cache'), ZIG_LOCAL_CACHE_DIR: join(folder, 'cache') };
  const { code, output } = await withProgress('compiling the binding with zig (two to three minutes)', () =>
    compile(site, compiler, [], { ...process.env, ...cache }),
  );
  if (code !== 0)
    throw new NotPossibleHere(
      `zig could not compile the binding:\n${tail(output)}`,
      'Install g++ or clang++, then run this again.',
    );
  rmSync(folder, { recursive: true, force: true });
  return pin.wheel.requirement;
}

/**
 * @param {Site} site
 * @param {readonly string[]} compiler
 * @param {readonly string[]} first flags that make a library be initialised before all others, where the linker has them
 * @param {NodeJS.ProcessEnv} [env]
 */
async function compile(site, compiler, first, env = process.env) {
  const quiet = await run([...compiler, ...quietArguments(site), ...first], { env });
  return quiet.code === 0 ? run([...compiler, ...bindingArguments(site)], { env }) : quiet;
}

/** @param {Site} site */
function quietArguments(site) {
  const source = fileURLToPath(new URL('quiet.cc', import.meta.url));
  return [
    '-O2',
    '-fPIC',
    '-shared',
    '-nostdlib',
    '-Wl,-soname,libquiet.so',
    source,
    '-o',
    join(site.work, 'lib', 'libquiet.so'),
    '-lc',
  ];
}

/** @param {Site} site */
function bindingArguments(site) {
  const lib = join(site.work, 'lib');
  const libraries = join(site.work, 'site', 'tensorflow');
  const headers = dirname(
    createRequire(join(site.root, 'package.json')).resolve('node-api-headers/include/node_api.h'),
  );
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(site.source, 'binding', file));
  return [
    // N-API 8 is in every Node since 16, so one binding serves all versions.
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8'],
    ...[`-I${headers}`, `-I${join(libraries, 'include')}`, ...sources, '-o', join(lib, 'tfjs_binding.node')],
    '-Wl,--no-as-needed',
    ...['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'].map((file) => join(libraries, file)),
    // Last, because the loader initialises the last one first.
    join(lib, 'libquiet.so'),
    // TensorFlow's libraries leave symbols to the system's C++ library, which zig does not know.
    '-Wl,--allow-shlib-undefined',
    '-Wl,-rpath,$ORIGIN:$ORIGIN/../site/tensorflow',
  ];
}
