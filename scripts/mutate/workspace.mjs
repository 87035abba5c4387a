import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What each process that a workspace starts has in its environment, so that it is found again. */
export const MARK = 'RUNNER_MUTATE';

/**
 * A temporary folder that looks like the checkout: what is compiled is a copy, the rest are links.
 *
 * @typedef {object} Workspace
 * @property {string} dir
 * @property {Readonly<Record<string, string>>} env for what is started in it
 * @property {(group?: number) => void} endProcesses ends whatever was started in it and is still there
 * @property {() => Promise<void>} close
 */

/** @param {string} root @returns {Promise<Workspace>} */
export async function openWorkspace(root) {
  const whole = mkdtempSync(join(realpathSync(tmpdir()), 'runner-mutate-'));
  const mark = randomUUID();
  // It cleans when its input ends, however this process ends.
  const janitor = spawn(process.execPath, [fileURLToPath(new URL('./janitor.mjs', import.meta.url)), whole, mark], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  await once(janitor, 'spawn');
  const gone = once(janitor, 'exit');

  // Temporary files of tests lie beside the checkout, as usual: what is below it finds its packages.
  const [dir, temporary] = [join(whole, 'checkout'), join(whole, 'tmp')];
  mkdirSync(dir);
  mkdirSync(temporary);
  for (const name of readdirSync(root)) {
    if (!/^(\.git|runs|\.(test|bench)-build.*)$/.test(name)) symlinkSync(join(root, name), join(dir, name));
  }
  cpSync(join(root, '.test-build'), join(dir, '.test-build'), { recursive: true });
  return {
    dir,
    env: { [MARK]: mark, TMPDIR: temporary },
    endProcesses: (group) => endProcesses(mark, group),
    close: async () => {
      janitor.stdin.end();
      await gone;
    },
  };
}

/** Ends a process group, and (on Linux) every process that has the mark in its environment. @param {string} mark @param {number} [group] */
export function endProcesses(mark, group) {
  const pids = process.platform === 'linux' ? markedProcesses(mark) : [];
  for (const pid of [...(group === undefined ? [] : [-group]), ...pids]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

/** @param {string} mark */
function markedProcesses(mark) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${MARK}=${mark}`);
      } catch {
        return false;
      }
    })
    .map(Number);
}
