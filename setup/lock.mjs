import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ignoredSignals } from './ignored-signals.mjs';
import { isElsewhere, takeLock } from './lock-file.mjs';
import { lives, markOf } from './process-identity.mjs';
import { say } from './say.mjs';

/** @import { HeldLock, LockHolder } from './lock-file.mjs' */
/** @import { ProcessMark } from './process-identity.mjs' */

/** After this wait the holder may hang, although a large download takes longer. */
const LONG_MS = 5 * 60_000;

/** @type {HeldLock | undefined} */
let held;

/** @type {ProcessMark | undefined} */
let child;

/**
 * Runs `work` while no other set-up works in the same place: a checkout, or the cache of engines, which checkouts share.
 * A second set-up waits and reports it; the lock of a dead one is taken over.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  held = await acquire(path);
  process.on('exit', release);
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']).filter((name) => !ignoredSignals().has(name));
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work();
  } finally {
    await release();
    process.off('exit', release);
    for (const signal of signals) process.off(signal, stop);
  }
}

/**
 * Records the program that the set-up runs now: npm or pip may outlive a killed set-up and still write.
 * @param {number | undefined} pid
 */
export function noteChild(pid) {
  child = pid === undefined ? undefined : markOf(pid);
  held?.noteChild(child);
}

/** @param {string} path */
async function acquire(path) {
  const wait = waitReporter(path);
  for (;;) {
    const attempt = await takeLock(path);
    if (attempt.ok) {
      if (attempt.tookOver !== undefined) sayTakingOver(attempt.tookOver);
      return attempt;
    }
    wait(attempt.holder);
    await sleep(200);
  }
}

/** Reports each holder once, and after a long wait, once the file to remove. @param {string} path */
function waitReporter(path) {
  let [id, since, advised] = ['', 0, false];
  return (/** @type {LockHolder} */ other) => {
    const { id: now, pid, host, start } = other;
    // A file that is being written will soon name its holder.
    if (pid === 0) return;
    if (now !== id) {
      const elsewhere = isElsewhere(other);
      const where = host === hostname() ? '' : ` on ${host}`;
      say(`another set-up (process ${pid}${where}, since ${start}) is at work; waiting for it`);
      [id, since, advised] = [now, performance.now(), elsewhere];
      if (elsewhere) say(`if ${host} is no longer running it, remove ${path}`);
    } else if (!advised && performance.now() - since > LONG_MS) {
      say(`still waiting for process ${pid}; if that is no set-up, or one that hangs, end it and remove ${path}`);
      advised = true;
    }
  };
}

/** @param {LockHolder} dead */
function sayTakingOver({ pid }) {
  say(
    pid === 0
      ? 'an earlier set-up was cut off and left a lock that cannot be read; this one takes over'
      : `an earlier set-up (process ${pid}) was cut off; this one takes over`,
  );
}

async function release() {
  const lock = held;
  held = undefined;
  await lock?.release();
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  if (child !== undefined && lives(child)) process.kill(child.pid, signal);
  say('set-up stopped; the next one goes on from here');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}
