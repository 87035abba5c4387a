/**
 * `npm run --silent bench -- step --json`: compiles the benchmark and runs it. Standard output is the benchmark's only; the compiler's
 * output goes to standard error.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const main = join(root, '.bench-build', 'bench', 'main.js');

run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'bench/tsconfig.json'], ['ignore', 2, 2]);
run(process.execPath, ['--enable-source-maps', main, ...process.argv.slice(2)], 'inherit');

/** @param {string} command @param {string[]} args @param {import('node:child_process').StdioOptions} stdio */
function run(command, args, stdio) {
  const { status } = spawnSync(command, args, { cwd: root, stdio });
  if (status !== 0) process.exit(status ?? 1);
}
