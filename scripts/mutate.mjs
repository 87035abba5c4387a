/**
 * `npm run mutate`: puts one small fault at a time into the compiled sources and runs the tests that are there for them. A fault
 * that every test passes is printed: it is a place that no test guards.
 *
 *     npm run mutate -- src/metrics                     every mutant of a folder
 *     npm run mutate -- src/evaluation/ssim.ts:12          those of a file, or of one line of it
 *     npm run mutate -- --sample 25 --seed 1            25 of each folder (without a path: of all folders in FOLDERS)
 *     npm run mutate -- src/engine --list               says what would be changed; runs nothing
 *     npm run mutate -- src/engine --jobs 2             two mutants at a time
 *
 * Exit code: 0 when it has run, whatever the score; 2 for wrong arguments.
 *
 * Sources are never touched: mutants are made in a temporary copy of what is compiled, which goes even if this is killed.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findMutants, sample, sourcesIn } from './mutate/find.mjs';
import { describe, scores } from './mutate/report.mjs';
import { candidateTests, testTimes } from './mutate/tests.mjs';
import { tryMutant } from './mutate/try.mjs';
import { openWorkspace } from './mutate/workspace.mjs';

/** @typedef {import('./mutate/find.mjs').Mutant} Mutant */
/** @typedef {import('./mutate/try.mjs').Result} Result */

const FOLDERS = [
  'metrics',
  'losses',
  'optimizers',
  'methods',
  'training',
  'data/batches',
  'engine',
  'pipeline',
  'stages',
  'sweep/summary',
].map((folder) => `src/${folder}`);
const root = fileURLToPath(new URL('..', import.meta.url));

const { paths, limit, seed, list, jobs } = options();
const compiled = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'test/tsconfig.json'], {
  cwd: root,
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

const mutants = paths.flatMap((path) => {
  const [, folder, line] = /^(.*?)(?::(\d+))?$/.exec(path) ?? [];
  const found = sourcesIn(root, folder ?? path).flatMap((file) => findMutants(root, file));
  const wanted = found.filter((mutant) => line === undefined || mutant.line === Number(line));
  if (wanted.length === 0) fail(`${path}: there is nothing to mutate. A path is a folder or a file below src.`);
  return sample(wanted, limit, seed).map((mutant) => ({ ...mutant, folder: folder ?? path }));
});

if (list) for (const mutant of mutants) console.log(describe(mutant));
else await run();

async function run() {
  const candidates = candidateTests(root, new Set(mutants.map(({ file }) => file)));
  const workspaces = [];
  for (let i = 0; i < jobs; i++) workspaces.push(await openWorkspace(root));
  try {
    const times = await testTimes(workspaces, new Set([...candidates.values()].flat()));
    /** @type {Result[]} */
    const results = [];
    const queue = [...mutants];
    const work = async (/** @type {import('./mutate/workspace.mjs').Workspace} */ workspace) => {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const result = await tryMutant(workspace, mutant, candidates.get(mutant.file) ?? [], times);
        results.push(result);
        if (result.fate === 'survived' || result.fate === 'untested')
          console.log(`${result.fate}  ${describe(mutant)}`);
        if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${mutants.length} `);
      }
    };
    await Promise.all(workspaces.map(work));
    console.log(`\n${scores(results)}`);
  } finally {
    for (const workspace of workspaces) await workspace.close();
  }
}

function options() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        sample: { type: 'string' },
        seed: { type: 'string', default: '1' },
        list: { type: 'boolean', default: false },
        jobs: { type: 'string', default: '1' },
      },
    });
    return {
      paths: positionals.length > 0 ? positionals.map((path) => path.replace(/\/$/, '')) : FOLDERS,
      limit: values.sample === undefined ? Infinity : wholeNumber('--sample', values.sample),
      seed: values.seed,
      list: values.list,
      jobs: wholeNumber('--jobs', values.jobs),
    };
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} option @param {string} text */
function wholeNumber(option, text) {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option} takes a whole number from 1; found "${text}".`);
  return Number(text);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
