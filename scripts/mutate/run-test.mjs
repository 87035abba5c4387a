import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** @typedef {import('./workspace.mjs').Workspace} Workspace */

/**
 * Runs a file of tests until its first failure.
 *
 * @param {Workspace} workspace @param {string} test @param {number} limit in milliseconds @param {Record<string, string>} [env]
 * @returns {Promise<'passed' | 'failed' | 'timed out'>}
 */
export function runTest(workspace, test, limit, env = {}) {
  return new Promise((resolve, reject) => {
    // Source maps as `npm test` has them: some tests are about lines of TypeScript.
    const child = spawn(process.execPath, ['--enable-source-maps', '--test-reporter=tap', join(workspace.dir, test)], {
      cwd: workspace.dir,
      env: { ...process.env, ...workspace.env, ...env },
      // A process group of its own: what it starts ends with it, and what it signals by mistake is its own.
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    /** @type {'failed' | 'timed out' | undefined} */
    let outcome;
    const end = (/** @type {'failed' | 'timed out'} */ why) => {
      outcome ??= why;
      workspace.endProcesses(child.pid);
    };
    const timer = setTimeout(() => end('timed out'), limit);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output += text;
      if (/^ *not ok /m.test(output)) end('failed');
      output = output.slice(output.lastIndexOf('\n') + 1);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (outcome === undefined && code !== 0) end('failed');
      resolve(outcome ?? 'passed');
    });
  });
}
