import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, sep } from 'node:path';
import { isWritable } from './refusal.mjs';
import { run } from './run.mjs';
import { say, SetupError, withProgress } from './say.mjs';

const stampOf = (/** @type {string} */ root) => join(root, 'dist', '.runner-build');

/**
 * Whether there is a build to use: of the sources as they are, or one that cannot be replaced. An installed package has no
 * sources and is built already.
 * @param {string} root
 */
export function buildIsUsable(root) {
  const dist = join(root, 'dist');
  const complete = [
    ['app', 'command.js'],
    ['tfjs-node', 'package.json'],
    ['report', 'client', 'report.js'],
    ['web', 'client', 'demo.js'],
  ]
    .map((path) => join(dist, ...path))
    .every(existsSync);
  if (!existsSync(join(root, 'src'))) {
    if (complete) return true;
    throw new SetupError(
      `${root} has neither sources nor a build.`,
      'If it is the package, it was packed without its build: run "npm run pack" in the checkout, and install what that makes.',
    );
  }
  if (complete && stampFits(root)) return true;
  if (!complete || isWritable(dist)) return false;
  say(`${dist} was not built from the sources as they are, and cannot be written; it is used as it is`);
  return true;
}

/** @param {string} root */
export async function build(root) {
  // Taken before compiling, so that an edit made meanwhile is seen the next time.
  const stamp = newStamp(root);
  const dist = join(root, 'dist');
  // Without a stamp, the content of dist/ is unknown and the compiler's record of it may be wrong: start from nothing.
  // The stamp is removed first, in case this build is killed.
  if (existsSync(stampOf(root))) rmSync(stampOf(root));
  else rmSync(dist, { recursive: true, force: true });
  copyTfjsNode(root);
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { code, output } = await withProgress('compiling the TypeScript sources', () =>
    run([process.execPath, tsc, '-p', 'tsconfig.json', '--pretty', 'false'], { cwd: root }),
  );
  if (code !== 0) {
    throw new SetupError(
      `the TypeScript compiler found errors in ${join(root, 'src')}:\n${head(output)}`,
      'Mend them, then run this again.',
    );
  }
  removeStale(root);
  await bundleClient(root);
  await bundleDemo(root);
  writeFileSync(stampOf(root), stamp);
}

/**
 * Bundles the script of report pages with the libraries that it uses: a page is one file, which loads nothing.
 * @param {string} root
 */
async function bundleClient(root) {
  // Not at the top: an installed package has no bundler.
  const { build } = await import('esbuild');
  const licence = readFileSync(join(root, 'node_modules', 'uplot', 'LICENSE'), 'utf8');
  await build({
    absWorkingDir: root,
    entryPoints: [join('src', 'report', 'client', 'report.ts')],
    outfile: join('dist', 'report', 'client', 'report.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    banner: { js: `/* Contains uPlot, https://github.com/leeoniya/uPlot\n${licence}*/` },
    tsconfig: join('src', 'report', 'client', 'tsconfig.json'),
    logLevel: 'error',
  });
}

/**
 * Bundles the scripts of the page that translates in a browser, with TensorFlow.js. What computes is in chunks of its own, of which a
 * browser loads those that it has.
 * @param {string} root
 */
async function bundleDemo(root) {
  const { build } = await import('esbuild');
  const [from, to] = [join('src', 'web', 'client'), join(root, 'dist', 'web', 'client')];
  rmSync(to, { recursive: true, force: true });
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    target: 'es2022',
    // TypeScript's licence is the same as that of TensorFlow.js, whose packages lack the text.
    legalComments: /** @type {const} */ ('none'),
    banner: { js: '/* Contains TensorFlow.js, https://github.com/tensorflow/tfjs, Apache License 2.0: licence.txt */' },
    tsconfig: join(from, 'tsconfig.json'),
    logLevel: /** @type {const} */ ('error'),
  };
  await build({
    ...common,
    entryPoints: [join(from, 'demo.ts'), join(from, 'worker.ts')],
    outdir: to,
    format: 'esm',
    splitting: true,
    chunkNames: 'chunk-[hash]',
  });
  await build({
    ...common,
    entryPoints: [join(from, 'sw.ts')],
    outfile: join(to, 'sw.js'),
    format: 'iife',
    banner: {},
  });
  const wasm = join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist');
  for (const name of readdirSync(wasm).filter((name) => name.endsWith('.wasm'))) {
    copyFileSync(join(wasm, name), join(to, name));
  }
  copyFileSync(join(root, 'node_modules', 'typescript', 'LICENSE.txt'), join(to, 'licence.txt'));
}

/** Removes the output of deleted sources, which would be packed and could be imported. @param {string} root */
function removeStale(root) {
  const [dist, copy] = [join(root, 'dist'), `tfjs-node${sep}`];
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const source = /^(.+?)(\.d\.ts|\.js|\.js\.map)$/.exec(file);
    if (source === null || file.startsWith(copy)) continue;
    const current = !file.endsWith('.map') && existsSync(join(root, 'src', `${source[1]}.ts`));
    if (!current) rmSync(join(dist, file));
  }
}

/**
 * Copies what is used of tfjs-node into the build: its kernels, which are plain JavaScript, and the binding's sources. So the
 * package needs no install script, which would download an engine that is not used, from a place that may be out of reach.
 * @param {string} root
 */
function copyTfjsNode(root) {
  const [from, to] = [join(root, 'node_modules', '@tensorflow', 'tfjs-node'), join(root, 'dist', 'tfjs-node')];
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const isUsed = (/** @type {string} */ path) => !/_test\.(d\.ts|js)$|^run_tests\./.test(basename(path));
  for (const part of ['binding', 'dist']) cpSync(join(from, part), join(to, part), { recursive: true, filter: isUsed });
  findBindingInCache(join(to, 'dist', 'index.js'));
  const { name, version, license, repository } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const text = JSON.stringify({ name, version, license, repository, main: 'dist/index.js', private: true }, null, 2);
  writeFileSync(join(to, 'package.json'), `${text}\n`);
  // tfjs-node's package lacks its licence's text. TypeScript's is the same licence.
  copyFileSync(join(root, 'node_modules', 'typescript', 'LICENSE.txt'), join(to, 'LICENSE'));
}

/**
 * tfjs-node looks for its native binding in its own package, where only whoever installed it may write. The copy's looks where set-up
 * keeps engines.
 * @param {string} entry tfjs-node's index.js
 */
function findBindingInCache(entry) {
  const changes = [
    [
      "binary = require('@mapbox/node-pre-gyp')",
      "engine = require('../../../setup/engine/find.cjs').requireEngine(process.env)",
    ],
    ["binary.find(path.resolve(path.join(__dirname, '/../package.json')))", 'engine.binding'],
    ['pjson.name', "pjson.name + (engine.kind === 'gpu' ? '-gpu' : '')"],
  ];
  let text = readFileSync(entry, 'utf8');
  for (const [from = '', to = ''] of changes) {
    if (!text.includes(from)) throw new Error(`${entry} is not as it was: there is no ${from}`);
    text = text.replace(from, to);
  }
  writeFileSync(entry, text);
}

/** @param {string} output */
function head(output) {
  const lines = output.trimEnd().split('\n');
  const more = lines.length > 20 ? [`... and ${lines.length - 20} more lines`] : [];
  return [...lines.slice(0, 20), ...more].map((line) => `    ${line}`).join('\n');
}

/**
 * Whether dist/ was built from the sources as they are. Files whose times alone have changed, as in a copy of a checkout, are
 * compared by their content.
 * @param {string} root
 */
function stampFits(root) {
  try {
    const [times, content] = readFileSync(stampOf(root), 'utf8').split('\n');
    if (times === digest(root, timesOf)) return true;
    if (content !== digest(root, contentOf)) return false;
  } catch {
    return false;
  }
  try {
    // By a rename, because another command may be reading it.
    const temporary = `${stampOf(root)}.${process.pid}`;
    writeFileSync(temporary, newStamp(root));
    renameSync(temporary, stampOf(root));
  } catch {
    // Then the content is compared each time.
  }
  return true;
}

/** @param {string} root */
const newStamp = (root) => `${digest(root, timesOf)}\n${digest(root, contentOf)}`;

/**
 * A digest of every source's path and state: removals, and checkouts of older files, are seen too.
 * @param {string} root
 * @param {(file: string) => string | Buffer} stateOf
 */
function digest(root, stateOf) {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of ['tsconfig.json', 'package-lock.json', ...files.sort().map((file) => join('src', file))]) {
    hash.update(`\n${file}:`).update(stateOf(join(root, file)));
  }
  return hash.digest('hex');
}

/** Cheap. @param {string} file */
function timesOf(file) {
  const { size, mtimeMs } = statSync(file);
  return `${size}:${mtimeMs}`;
}

/** @param {string} file */
const contentOf = (file) => readFileSync(file);
