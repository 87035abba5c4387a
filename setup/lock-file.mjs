import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { canBeAsked, lives, markOf } from './process-identity.mjs';

/** @import { ProcessMark } from './process-identity.mjs' */

/**
 * @typedef {object} Holder who holds a lock
 * @property {string} id of this one taking of the lock
 * @property {ProcessMark} process
 * @property {string} host
 * @property {string} started ISO time
 * @property {ProcessMark} [child] the program that it runs at present: npm or pip may outlive a killed set-up and still write
 * @property {number} [unreadableSince] when the file was written, in ms, if it does not say any of this
 */

/** A file this young that cannot be read may be in the middle of being written, where there are no hard links. */
const YOUNG_MS = 5000;

/** @returns {Holder} */
export function newHolder() {
  return {
    id: randomBytes(6).toString('hex'),
    process: markOf(process.pid),
    host: hostname(),
    started: new Date().toISOString(),
  };
}

/**
 * Tries once to get the lock that a file stands for. A dead holder's lock is taken over; of several that try, one gets it.
 *
 * A lock appears with its content, by a hard link. To take over, one links `<lock>.after-<dead holder's id>`, which only one can,
 * checks that the dead holder's lock still stands, and renames its own over it. (As src/support/lock.ts does, which set-up cannot
 * use: it runs before there is a build.)
 * @param {string} path
 * @param {Holder} me
 * @returns {{ ours: boolean, other?: Holder }} `other` has it, or had it and has died; neither when someone was faster
 */
export function tryLock(path, me) {
  const other = holderOf(path);
  if (other !== undefined && isAlive(other)) return { ours: false, other };
  return withFile(path, me, (mine) => {
    if (other === undefined) return { ours: linked(mine, path) };
    return succeeded(path, mine, other) ? { ours: true, other } : { ours: false };
  });
}

/** Rewrites what a lock says of its holder. @param {string} path @param {Holder} me */
export function updateLock(path, me) {
  if (readHolder(path)?.id === me.id) withFile(path, me, (mine) => renameSync(mine, path));
}

/** @param {string} path @param {Holder} me */
export function releaseLock(path, me) {
  // Someone who removed it by hand may have let in another one.
  if (readHolder(path)?.id === me.id) rmSync(path, { force: true });
}

/** @template T @param {string} path @param {Holder} me @param {(mine: string) => T} use @returns {T} */
function withFile(path, me, use) {
  const mine = `${path}.${me.id}`;
  try {
    writeFileSync(mine, JSON.stringify(me));
    return use(mine);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** @param {string} path @param {string} mine @param {Holder} dead @returns {boolean} whether the lock of a dead holder is ours now */
function succeeded(path, mine, dead) {
  const claim = claimOn(path, dead);
  if (!linked(mine, claim)) return false;
  const direct = readHolder(path);
  const stillThere = direct !== undefined && lastClaim(path, direct, claim).id === dead.id;
  if (stillThere) renameSync(mine, path);
  rmSync(claim, { force: true });
  if (stillThere && direct.id !== dead.id) rmSync(claimOn(path, direct), { force: true });
  return stillThere;
}

/** The last one in line: the holder, or who claimed to succeed it and has not finished. @param {string} path */
function holderOf(path) {
  const holder = readHolder(path);
  return holder && lastClaim(path, holder);
}

/** @param {string} path @param {Holder} holder @param {string} [before] @returns {Holder} */
function lastClaim(path, holder, before) {
  const claim = claimOn(path, holder);
  const next = claim === before ? undefined : readHolder(claim);
  return next === undefined ? holder : lastClaim(path, next, before);
}

const claimOn = (/** @type {string} */ path, /** @type {Holder} */ holder) => `${path}.after-${holder.id}`;

/** @param {string} path @returns {Holder | undefined} undefined when there is none (any more) */
function readHolder(path) {
  try {
    return parse(readFileSync(path, 'utf8')) ?? unreadable(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} text @returns {Holder | undefined} */
function parse(text) {
  try {
    const holder = /** @type {Holder | null} */ (JSON.parse(text));
    return /^\w+$/.test(holder?.id ?? '') && Number.isInteger(holder?.process?.pid) ? (holder ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Not written by us, or cut short by a machine that went down. Each such file has an id of its own, as every holder has. @param {string} path @returns {Holder} */
function unreadable(path) {
  const { ino, mtimeMs } = statSync(path);
  const id = `unreadable_${ino}_${Math.floor(mtimeMs)}`;
  return { id, process: { pid: 0 }, host: hostname(), started: '', unreadableSince: mtimeMs };
}

/** A holder on another machine counts as alive: it cannot be asked. @param {Holder} holder */
function isAlive({ host, process, child, unreadableSince }) {
  // A time far in the future comes from a clock that was wrong, and says nothing.
  if (unreadableSince !== undefined) return Math.abs(Date.now() - unreadableSince) < YOUNG_MS;
  return (host !== hostname() && !canBeAsked(process)) || lives(process) || (child !== undefined && lives(child));
}

/** @param {string} from @param {string} to @returns {boolean} whether `to` was free and now is `from` */
function linked(from, to) {
  return createdBy(() => {
    try {
      linkSync(from, to);
    } catch (error) {
      // A file system without hard links.
      if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
      copyFileSync(from, to, constants.COPYFILE_EXCL);
    }
  });
}

/** @param {() => void} create @returns {boolean} false when it is there already */
function createdBy(create) {
  try {
    create();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {unknown} error */
const codeOf = (error) => String(/** @type {NodeJS.ErrnoException} */ (error).code);
