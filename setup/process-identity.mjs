import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * A process as it is written down: its number alone would also name whichever process gets that number later.
 * @typedef {object} ProcessMark
 * @property {number} pid
 * @property {string} [identity] the machine's boot and the process's start; without it the number has to do
 * @property {string} [namespace] among which processes the number counts: those of a container
 */

/** @param {number} pid @returns {ProcessMark} */
export function markOf(pid) {
  return { pid, identity: identityOf(pid), namespace: pidNamespace() };
}

/** Whether that same process still runs. @param {ProcessMark} mark */
export function lives({ pid, identity }) {
  if (!hasProcess(pid)) return false;
  const now = identityOf(pid);
  return identity === undefined || now === undefined || now === identity;
}

/**
 * Whether it can be asked here whether a process lives, whatever the host's name is: its machine has not been started anew since, and it is of
 * the same container.
 * @param {ProcessMark} mark
 */
export function canBeAsked({ identity, namespace }) {
  const boot = (identityOf(process.pid) ?? '').split('/')[0];
  return identity?.split('/')[0] === boot && (namespace === undefined || namespace === pidNamespace());
}

function pidNamespace() {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function hasProcess(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {number} pid @returns {string | undefined} undefined where it cannot be told */
function identityOf(pid) {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** @param {number} pid */
function fromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Field 2, the command, may hold anything, brackets too; fields count from 3 after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Ended, and only not yet collected by its parent: where no init does that, it stays so.
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function fromPs(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state = '', ...start] = (stdout ?? '').trim().split(/\s+/);
  if (status !== 0) return undefined;
  return state.startsWith('Z') ? 'ended' : start.join(' ');
}
