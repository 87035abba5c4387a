import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { errorCode, makeFolder } from './files.js';
import { lifeSocketPath, livesAt, openLifeSocket, type LifeSocket } from './life-socket.js';
import { bootOf, FIRST_PID_NAMESPACE, pidNamespace, processIdentity } from './process-identity.js';

const UNREADABLE = 'unreadable';
/** How long the writing of a lock may take, where there are no hard links. */
const WRITING_MS = 10_000;

/** Who holds a lock. */
export interface LockHolder {
  /** Of this one taking of the lock. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** ISO time. */
  readonly start: string;
  /** The process's identity, which survives the reuse of its number. */
  readonly process: string;
  /** Among which processes `pid` counts: those of a container. Older records lack it. */
  readonly namespace?: string;
}

export interface HeldLock {
  readonly release: () => Promise<void>;
  /** To be called when the lock's file was moved, with its folder, say. */
  readonly movedTo: (path: string) => void;
}

export type LockAttempt =
  | (HeldLock & { readonly ok: true; readonly tookOver?: LockHolder })
  | { readonly ok: false; readonly holder: LockHolder };

/**
 * Takes the lock that a file stands for, or says who has it. A dead holder's lock is taken over; of several that try, one gets it.
 *
 * A lock appears with its content, by a hard link. To take over, one links `<lock>.after-<dead holder's id>`, which only one can,
 * checks that the dead holder's lock still stands, and renames its own over it.
 *
 * Whether a holder lives is known of a process of this container, or machine outside of containers, by its number and start; of another
 * container's on this machine by a socket beside the lock, where the file system has sockets; of another machine's not at all: it counts as alive.
 */
export async function acquireLock(path: string): Promise<LockAttempt> {
  await makeFolder(dirname(path));
  const me = newHolder();
  const mine = `${path}.${me.id}`;
  try {
    await writeFile(mine, JSON.stringify(me));
    for (;;) {
      if (await linked(mine, path)) return await held(path, me);
      const holder = await holderOf(path);
      if (holder === undefined) continue;
      if (await isAlive(path, holder)) return { ok: false, holder };
      if (await succeeded(path, mine, holder)) {
        await rm(lifeSocketPath(path, holder.id), { force: true });
        return { ...(await held(path, me)), tookOver: holder };
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** The living holder of a lock, if there is one. */
export async function lockHolder(path: string): Promise<LockHolder | undefined> {
  const holder = await holderOf(path);
  return holder !== undefined && (await isAlive(path, holder)) ? holder : undefined;
}

/** `process 4242 on thishost since 12:30:00`. */
export function describeHolder(holder: LockHolder): string {
  if (holder.id === UNREADABLE) return 'a process that is just starting';
  const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return `process ${holder.pid}${where}, since ${holder.start.replace('T', ' ').slice(0, 19)} UTC`;
}

/** What to do when a lock's holder cannot be asked whether it lives: it is on another machine, or in another container. */
export function adviceOnHolder(path: string, { host, namespace, process: identity }: LockHolder): string | undefined {
  const isOther = namespace !== undefined && namespace !== pidNamespace();
  if (isSameBoot(identity) ? !isOther : host === hostname()) return undefined;
  return `If ${host} does not run it any more, remove the file ${path}.`;
}

function newHolder(): LockHolder {
  return {
    id: randomBytes(6).toString('hex'),
    pid: process.pid,
    host: hostname(),
    start: new Date().toISOString(),
    process: processIdentity(process.pid) ?? '',
    namespace: pidNamespace(),
  };
}

async function held(first: string, me: LockHolder): Promise<HeldLock & { readonly ok: true }> {
  let path = first;
  const life = await showLife(path, me);
  const release = async () => {
    // It was moved with the folder.
    await life?.close(lifeSocketPath(path, me.id));
    if ((await readHolder(path))?.id === me.id) await rm(path, { force: true });
  };
  return { ok: true, release, movedTo: (to) => void (path = to) };
}

/** Processes of a machine see those of its containers; only what is in a container needs to be asked otherwise. */
async function showLife(path: string, { id, namespace }: LockHolder): Promise<LifeSocket | undefined> {
  if (namespace === undefined || namespace === FIRST_PID_NAMESPACE) return undefined;
  return openLifeSocket(lifeSocketPath(path, id)).catch(() => undefined);
}

/** @returns whether the lock of a dead holder is ours now */
async function succeeded(path: string, mine: string, dead: LockHolder): Promise<boolean> {
  const claim = claimOn(path, dead);
  if (!(await linked(mine, claim))) return false;
  const direct = await readHolder(path);
  const stillThere = direct !== undefined && (await lastClaim(path, direct, claim)).id === dead.id;
  if (stillThere) await rename(mine, path);
  await rm(claim, { force: true });
  if (stillThere && direct.id !== dead.id) await rm(claimOn(path, direct), { force: true });
  return stillThere;
}

/** The last one in line: the holder, or who claimed to succeed it and has not finished. */
async function holderOf(path: string): Promise<LockHolder | undefined> {
  const holder = await readHolder(path);
  return holder === undefined ? undefined : lastClaim(path, holder);
}

async function lastClaim(path: string, holder: LockHolder, before?: string): Promise<LockHolder> {
  const claim = claimOn(path, holder);
  const next = claim === before ? undefined : await readHolder(claim);
  return next === undefined ? holder : lastClaim(path, next, before);
}

function claimOn(path: string, holder: LockHolder): string {
  return `${path}.after-${holder.id}`;
}

async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockHolder;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return unreadable(path);
    throw error;
  }
}

/** A lock that was not written by us, or cut short by a machine that went down; a young one can be one that is being written. */
async function unreadable(path: string): Promise<LockHolder | undefined> {
  const file = await stat(path).catch(() => undefined);
  return file && { id: UNREADABLE, pid: 0, host: hostname(), start: file.mtime.toISOString(), process: '' };
}

/** Whether an identity is of a process of this machine since it was started: its containers have other host names. */
function isSameBoot(identity: string): boolean {
  const boot = bootOf(processIdentity(process.pid) ?? '');
  return boot !== undefined && boot === bootOf(identity);
}

/** Who cannot be asked counts as alive. */
async function isAlive(path: string, holder: LockHolder): Promise<boolean> {
  const same = isSameBoot(holder.process);
  if (same && holder.namespace !== undefined && holder.namespace !== pidNamespace()) {
    return (await livesAt(lifeSocketPath(path, holder.id))) ?? true;
  }
  if (!same && holder.host !== hostname()) return true;
  if (holder.id === UNREADABLE) return Date.now() - Date.parse(holder.start) < WRITING_MS;
  return holder.pid > 0 && processIdentity(holder.pid) === holder.process;
}

/** @returns whether `to` was free and now is `from` */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST') return false;
    // A file system without hard links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS') return copied(from, to);
    throw error;
  }
}

async function copied(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
