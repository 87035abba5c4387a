import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { SetupError, withProgress } from './say.mjs';

const stampOf = (/** @type {string} */ root) => join(root, 'dist', '.runner-build');

/**
 * Whether dist/ was built from the sources as they are. An installed package has no sources and is built already.
 * @param {string} root
 */
export function buildIsFresh(root) {
  if (!existsSync(join(root, 'src'))) return true;
  try {
    return readFileSync(stampOf(root), 'utf8') === sourceState(root) && existsSync(join(root, 'dist', 'cli', 'bin.js'));
  } catch {
    return false;
  }
}

/** @param {string} root */
export async function build(root) {
  // Taken before compiling, so that an edit made meanwhile is seen the next time.
  const state = sourceState(root);
  // Without a stamp nobody knows what dist/ holds, and the compiler's own record of it may be wrong: start from nothing.
  // So it goes first, for whoever comes after a build that was killed.
  if (existsSync(stampOf(root))) rmSync(stampOf(root));
  else rmSync(join(root, 'dist'), { recursive: true, force: true });
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
  writeFileSync(stampOf(root), state);
}

/** @param {string} output */
function head(output) {
  const lines = output.trimEnd().split('\n');
  const more = lines.length > 20 ? [`... and ${lines.length - 20} more lines`] : [];
  return [...lines.slice(0, 20), ...more].map((line) => `    ${line}`).join('\n');
}

/**
 * A digest of every source's path, size and time of change: cheap, and it sees removals and checkouts of older files too.
 * @param {string} root
 */
function sourceState(root) {
  const hash = createHash('sha256');
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of ['tsconfig.json', 'package-lock.json', ...files.sort().map((file) => join('src', file))]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}:${size}:${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
