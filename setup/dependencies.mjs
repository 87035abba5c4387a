import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireSpaceIn } from './cache.mjs';
import { run, tail, which } from './run.mjs';
import { SetupError, withProgress } from './say.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, peer?: boolean, link?: boolean }> }} Lock */

/**
 * Whether node_modules is what package-lock.json says, going by the record that npm leaves at the end of each install.
 * An installed package has no lock file: npm has seen to its dependencies.
 * @param {string} root
 */
export function dependenciesAreReady(root) {
  const wanted = readLock(join(root, 'package-lock.json'));
  if (wanted === undefined) return true;
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  return installed !== undefined && matches(wanted, installed);
}

/** @param {string} root */
export async function installDependencies(root) {
  const npm = which('npm');
  if (npm === undefined) {
    throw new SetupError(
      'npm is not in PATH; it is needed to install the dependencies.',
      'Install it: it comes with Node.js.',
    );
  }
  const count = Object.keys(readLock(join(root, 'package-lock.json'))?.packages ?? {}).length - 1;
  requireSpaceIn(root, 450e6, 'installing the npm packages', 'move the checkout to a larger disk');
  // The build needs the development dependencies, whatever NODE_ENV says.
  const command = [npm, 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await withProgress(`installing ${count} npm packages (about 400 MB)`, () =>
    run(command, { cwd: root }),
  );
  if (code === 0) return;
  throw new SetupError(
    `"npm ci" in ${root} failed:\n${tail(output)}`,
    'Mend what it complains about (network, proxy and registry are set in npm’s own configuration), then run this again.',
  );
}

/** @param {Lock} wanted @param {Lock} installed */
function matches(wanted, installed) {
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '' || entry.link) continue;
    const found = installed.packages[path];
    // npm leaves out optional packages that are for other platforms.
    if (found === undefined ? !entry.optional : found.version !== entry.version) return false;
  }
  return Object.keys(installed.packages).every((path) => wanted.packages[path] !== undefined);
}

/** @param {string} path @returns {Lock | undefined} */
function readLock(path) {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    // Half-written by an install that was cut off, or by a merge: npm says the latter better than we could.
    return path.includes('node_modules') ? undefined : { packages: { broken: { version: String(error) } } };
  }
}
