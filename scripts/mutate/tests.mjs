/** Which tests are there for a source, and which of its places each of them reaches. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTest } from './run-test.mjs';

/** @typedef {import('./workspace.mjs').Workspace} Workspace */
/**
 * How long a test takes, and which characters of each compiled source it reaches.
 *
 * @typedef {{ readonly ms: number, readonly reaches: (compiled: string, at: number) => boolean }} TestTime
 */

/**
 * The tests of each source, of those that import it, directly or by way of other sources: all that are in its own folder of `test`
 * or are named as it or one of its folders is (src/pipeline/clean: test/cli/clean.test.ts); and where none of its own folder imports
 * it directly, those of other folders that do.
 *
 * @param {string} root @param {ReadonlySet<string>} files @returns {Map<string, string[]>}
 */
export function candidateTests(root, files) {
  const tests = readdirSync(join(root, '.test-build', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && !/^(services|e2e)\//.test(file))
    .filter((file) => existsSync(join(root, 'test', file.replace(/\.js$/, '.ts'))))
    .map((file) => join('.test-build', 'test', file));
  const imports = importsOf(root);
  const whole = new Map(tests.map((test) => [test, closure(test, imports)]));
  return new Map(
    [...files].map((file) => {
      const compiled = join('.test-build', file.replace(/\.ts$/, '.js'));
      const words = file.replace(/\.ts$/, '').split('/').slice(1);
      const near = (/** @type {string} */ test) => test.startsWith(`.test-build/test/${words[0]}/`);
      const isNamesake = (/** @type {string} */ test) => words.includes(basename(test, '.test.js'));
      const direct = tests.filter((test) => imports(test).includes(compiled));
      const around = tests.filter((test) => (near(test) || isNamesake(test)) && whole.get(test)?.has(compiled));
      return [file, [...new Set([...around, ...(direct.some(near) ? [] : direct)])]];
    }),
  );
}

/** Everything relative that a compiled file names: imports, and modules that it starts in workers and children. @param {string} root */
function importsOf(root) {
  /** @type {Map<string, string[]>} */
  const known = new Map();
  return (/** @type {string} */ file) => {
    let found = known.get(file);
    if (found === undefined) {
      const text = readFileSync(join(root, file), 'utf8');
      found = [...text.matchAll(/['"`](\.\.?\/[^'"`]*\.js)['"`]/g)]
        .map(([, path]) => join(dirname(file), path ?? ''))
        .filter((path) => existsSync(join(root, path)));
      known.set(file, found);
    }
    return found;
  };
}

/** @param {string} file @param {(file: string) => string[]} imports @returns {Set<string>} */
function closure(file, imports) {
  const seen = new Set([file]);
  for (const one of seen) for (const next of imports(one)) seen.add(next);
  return seen;
}

/**
 * Runs every test once without a fault. A test that fails is said and left out: it could not tell.
 *
 * @param {readonly Workspace[]} workspaces @param {ReadonlySet<string>} tests @returns {Promise<Map<string, TestTime>>}
 */
export async function testTimes(workspaces, tests) {
  /** @type {Map<string, TestTime>} */
  const times = new Map();
  const queue = [...tests];
  const work = async (/** @type {Workspace} */ workspace) => {
    for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
      const coverage = join(workspace.dir, 'coverage');
      const began = Date.now();
      const outcome = await runTest(workspace, test, 15 * 60_000, { NODE_V8_COVERAGE: coverage });
      const ms = Date.now() - began;
      if (outcome === 'passed') times.set(test, { ms, reaches: readCoverage(coverage, workspace.dir) });
      else console.error(`${test} is left out: without any change it has ${outcome}.`);
      rmSync(coverage, { recursive: true, force: true });
    }
  };
  await Promise.all(workspaces.map(work));
  return times;
}

/**
 * What V8 counted in the test's process and its children.
 *
 * @param {string} folder @param {string} base @returns {TestTime['reaches']}
 */
function readCoverage(folder, base) {
  /** @typedef {{ startOffset: number, endOffset: number, count: number }} Range */
  /** @type {Map<string, Range[][][]>} */
  const scripts = new Map();
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    /** @type {{ url: string, functions: { ranges: Range[] }[] }[]} */
    const result = JSON.parse(readFileSync(join(folder, file), 'utf8')).result;
    for (const { url, functions } of result) {
      const path = url.startsWith('file:') ? relative(base, fileURLToPath(url)) : '';
      if (!path.startsWith('.test-build/src/')) continue;
      const counted = scripts.get(path) ?? [];
      scripts.set(path, [...counted, functions.map(({ ranges }) => ranges)]);
    }
  }
  // Ranges lie in each other: the innermost one that holds a place counts.
  const reached = (/** @type {Range[][]} */ functions, /** @type {number} */ at) => {
    const around = functions.flat().filter(({ startOffset, endOffset }) => startOffset <= at && at < endOffset);
    const inner = around.reduce((a, b) => (b.endOffset - b.startOffset <= a.endOffset - a.startOffset ? b : a), {
      startOffset: 0,
      endOffset: Infinity,
      count: 0,
    });
    return inner.count > 0;
  };
  return (compiled, at) => (scripts.get(compiled) ?? []).some((functions) => reached(functions, at));
}
