/**
 * `npm test`: compiles the tests and runs them with Node's own runner.
 *
 *     node scripts/test.mjs                 every test but test/services
 *     node scripts/test.mjs config models   only the files whose path contains one of the words
 *     node scripts/test.mjs test/house.test.ts   only this file
 *     node scripts/test.mjs --fast          every test but those that start commands and set-ups, over and over
 *     node scripts/test.mjs --services      only test/services (see test/services/run)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, '.test-build', 'test');
const words = process.argv
  .slice(2)
  .filter((word) => !word.startsWith('--'))
  // A path of a source file, as that of what is compiled of it.
  .map((word) => word.replace(/^test\//, '').replace(/\.test\.ts$/, '.test.js'));
const services = process.argv.includes('--services');
const slow = process.argv.includes('--fast') ? ['e2e/', 'setup/'] : [];

run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'test/tsconfig.json']);

const files = readdirSync(built, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.js'))
  // A test that was moved or removed leaves what was compiled of it.
  .filter((file) => existsSync(join(root, 'test', file.replace(/\.js$/, '.ts'))))
  .filter((file) => file.startsWith('services/') === services)
  .filter((file) => !slow.some((folder) => file.startsWith(folder)))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => join(built, file))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}.`);
  process.exit(1);
}
/** A file of tests that hangs fails, rather than the whole of CI. Clusters and servers take their time on a busy machine. */
const timeout = `--test-timeout=${(services ? 45 : 15) * 60_000}`;
run(process.execPath, [
  '--enable-source-maps',
  '--test',
  timeout,
  '--test-concurrency=2',
  '--test-reporter=spec',
  ...files,
]);

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
