import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ignoredSignals } from './ignored-signals.mjs';
import { newHolder, releaseLock, tryLock, updateLock } from './lock-file.mjs';
import { lives, markOf } from './process-identity.mjs';
import { say } from './say.mjs';

/** @import { Holder } from './lock-file.mjs' */

/** After this long a wait one may doubt that the other still works, although a large download takes longer. */
const LONG_MS = 5 * 60_000;

/** @type {{ path: string, holder: Holder } | undefined} */
let held;

/**
 * Runs `work` while no other set-up works in the same place: a checkout, or the cache of engines, which checkouts share.
 * A second set-up waits and says so; the lock of one that has died is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(path, work) {
  const holder = newHolder();
  mkdirSync(dirname(path), { recursive: true });
  await acquire(path, holder);
  held = { path, holder };
  process.on('exit', release);
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']).filter((name) => !ignoredSignals().has(name));
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
    for (const signal of signals) process.off(signal, stop);
  }
}

/**
 * Records the program that the set-up runs now, in the lock.
 * @param {number | undefined} pid
 */
export function noteChild(pid) {
  if (held === undefined) return;
  held.holder.child = pid === undefined ? undefined : markOf(pid);
  updateLock(held.path, held.holder);
}

/** @param {string} path @param {Holder} me */
async function acquire(path, me) {
  const wait = waitingTold(path);
  for (;;) {
    const { ours, other } = tryLock(path, me);
    if (ours) return other && sayTakingOver(other);
    if (other !== undefined) wait(other);
    await sleep(200);
  }
}

/** Tells once of each holder that it is waited for, and once which file to remove if that takes too long. @param {string} path */
function waitingTold(path) {
  let [id, since, told] = ['', 0, false];
  return (/** @type {Holder} */ other) => {
    // A file that is just being written will soon say whose it is.
    if (other.unreadableSince !== undefined) return;
    const { pid } = other.process;
    const elsewhere = other.host !== hostname();
    if (other.id !== id) {
      const where = elsewhere ? ` on ${other.host}` : '';
      say(`another set-up (process ${pid}${where}, since ${other.started}) is at work; waiting for it`);
      [id, since, told] = [other.id, performance.now(), elsewhere];
      if (elsewhere) say(`if ${other.host} is no longer running it, remove ${path}`);
    } else if (!told && performance.now() - since > LONG_MS) {
      say(`still waiting for process ${pid}; if that is no set-up, or one that hangs, end it and remove ${path}`);
      told = true;
    }
  };
}

/** @param {Holder} dead */
function sayTakingOver({ process: { pid }, unreadableSince }) {
  say(
    unreadableSince === undefined
      ? `an earlier set-up (process ${pid}) was cut off; this one takes over`
      : 'an earlier set-up was cut off and left a lock that cannot be read; this one takes over',
  );
}

function release() {
  if (held === undefined) return;
  const { path, holder } = held;
  held = undefined;
  releaseLock(path, holder);
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  const child = held?.holder.child;
  if (child !== undefined && lives(child)) process.kill(child.pid, signal);
  say('set-up stopped; the next one goes on from here');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
