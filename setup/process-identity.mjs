// The functions are documented in process-identity.d.mts, by which TypeScript knows them.
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** Only not yet collected by its parent: where no init does that, it stays so. */
const ENDED = 'ended';

/** @type {typeof import('./process-identity.mjs').FIRST_PID_NAMESPACE} */
export const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** @type {typeof import('./process-identity.mjs').markOf} */
export function markOf(pid) {
  return { pid, process: processIdentity(pid) ?? '' };
}

/** @type {typeof import('./process-identity.mjs').lives} */
export function lives({ pid, process: identity }) {
  if (!hasProcess(pid)) return false;
  const now = identityOf(pid);
  return now === undefined || now === identity || (identity === '' && now !== ENDED);
}

/** @type {typeof import('./process-identity.mjs').processIdentity} */
export function processIdentity(pid) {
  const identity = identityOf(pid);
  return identity === ENDED ? undefined : identity;
}

/** @type {typeof import('./process-identity.mjs').bootOf} */
export function bootOf(identity) {
  return /^([0-9a-f-]{36})\//.exec(identity)?.[1];
}

/** @type {typeof import('./process-identity.mjs').pidNamespace} */
export function pidNamespace() {
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
    if (fields[0] === 'Z' || fields[0] === 'X') return ENDED;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function fromPs(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const [state = '', ...start] = stdout.trim().split(/\s+/);
  return state.startsWith('Z') ? ENDED : start.join(' ');
}
