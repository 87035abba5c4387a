import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cacheFolder, explainCacheError } from './cache.mjs';
import { say } from './say.mjs';

/**
 * @typedef {object} Holder who holds the lock
 * @property {number} pid
 * @property {string} host
 * @property {string} started
 * @property {number} [child] the program it runs at present: npm or pip may outlive a killed set-up and still write
 */

/** @type {{ path: string, holder: Holder } | undefined} */
let held;

/**
 * Runs `work` while no other set-up of this user runs: they share the engines' cache, and perhaps the checkout.
 * A second set-up waits and says so; the lock of one that has died is taken over.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(work) {
  const path = join(cacheFolder(), 'setup.lock');
  const holder = { pid: process.pid, host: hostname(), started: new Date().toISOString() };
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    for (let said = false; !tryLock(path, holder); await sleep(200)) {
      const other = read(path);
      if (other === undefined) continue;
      if (isDead(other)) takeOver(path, other);
      else if (!said) said = sayWaiting(other, path);
    }
  } catch (error) {
    throw explainCacheError(error, path);
  }
  held = { path, holder };
  process.on('exit', release);
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.off(signal, stop);
  }
}

/**
 * Records the program that the set-up runs now, in the lock.
 * @param {number | undefined} pid
 */
export function noteChild(pid) {
  if (held === undefined) return;
  held.holder.child = pid;
  const temporary = `${held.path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(held.holder));
  renameSync(temporary, held.path);
}

/** @param {string} path @param {Holder} holder @returns {boolean} whether the lock is ours */
function tryLock(path, holder) {
  // A link appears at once and with its content, which an exclusive create followed by a write does not.
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(holder));
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @param {string} path @returns {Holder | undefined} undefined when there is none (any more) */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {Holder} holder */
function isDead(holder) {
  if (holder.host !== hostname()) return false;
  return ![holder.pid, holder.child].some((pid) => pid !== undefined && isAlive(pid));
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** @param {string} path @param {Holder} dead */
function takeOver(path, dead) {
  // Moved away first and looked at again: between reading and removing it, a third set-up may have made it its own.
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved?.pid === dead.pid && moved.started === dead.started) {
    say(`an earlier set-up (process ${dead.pid}) was cut off; this one takes over`);
  } else {
    try {
      linkSync(aside, path);
    } catch {
      // Someone holds a new lock already.
    }
  }
  rmSync(aside, { force: true });
}

/** @param {Holder} other @param {string} path */
function sayWaiting(other, path) {
  const where = other.host === hostname() ? '' : ` on ${other.host}`;
  say(`another set-up (process ${other.pid}${where}, since ${other.started}) is at work; waiting for it`);
  if (where !== '') say(`if ${other.host} is no longer running it, remove ${path}`);
  return true;
}

function release() {
  if (held === undefined) return;
  const { path } = held;
  held = undefined;
  try {
    unlinkSync(path);
  } catch {
    // Removed by hand.
  }
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  const child = held?.holder.child;
  if (child !== undefined && isAlive(child)) process.kill(child, signal);
  say('set-up stopped; the next one goes on from here');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
