// The exported functions are documented in lock-file.d.mts, by which TypeScript knows them.
import { constants, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, link, rename, rm, writeFile } from 'node:fs/promises';
import { lifeSocketPath, openLifeSocket } from './life-socket.mjs';
import { isAlive, newHolder, parseHolder, readHolder } from './lock-holder.mjs';
import { FIRST_PID_NAMESPACE } from './process-identity.mjs';

/** @import { HeldLock, LockHolder } from './lock-file.mjs' */

export { isElsewhere } from './lock-holder.mjs';

/**
 * A lock appears with its content, by a hard link. To take over, one links `<lock>.after-<dead holder's id>`, which only one can,
 * checks that the dead holder's lock still stands, and renames its own over it.
 * @type {typeof import('./lock-file.mjs').takeLock}
 */
export async function takeLock(path) {
  const me = newHolder();
  const mine = fileOf(path, me);
  for (;;) {
    const other = await holderOf(path);
    if (other !== undefined && (await isAlive(path, other))) return { ok: false, holder: other };
    try {
      await writeFile(mine, JSON.stringify(me));
      if (other === undefined ? await linked(mine, path) : await succeeded(path, mine, other)) {
        if (other !== undefined) await rm(lifeSocketPath(path, other.id), { force: true });
        return { ok: true, tookOver: other, ...(await held(path, me)) };
      }
    } finally {
      await rm(mine, { force: true });
    }
  }
}

/** @type {typeof import('./lock-file.mjs').lockHolder} */
export async function lockHolder(path) {
  const holder = await holderOf(path);
  return holder !== undefined && (await isAlive(path, holder)) ? holder : undefined;
}

/** @param {string} first @param {LockHolder} me @returns {Promise<HeldLock>} */
async function held(first, me) {
  let path = first;
  const life = await showLife(path, me);
  return {
    release: async () => {
      // It was moved with the folder.
      life?.close(lifeSocketPath(path, me.id));
      if (isOurs(path, me)) rmSync(path, { force: true });
    },
    movedTo: (to) => void (path = to),
    noteChild: (child) => {
      if (!isOurs(path, me)) return;
      const mine = fileOf(path, me);
      try {
        writeFileSync(mine, JSON.stringify({ ...me, child }));
        renameSync(mine, path);
      } finally {
        rmSync(mine, { force: true });
      }
    },
  };
}

/** Processes of a machine see those of its containers; only what is in a container needs to be asked otherwise. @param {string} path @param {LockHolder} me */
async function showLife(path, { id, namespace }) {
  if (namespace === undefined || namespace === FIRST_PID_NAMESPACE) return undefined;
  return openLifeSocket(lifeSocketPath(path, id)).catch(() => undefined);
}

/** False if the lock was removed by hand, and maybe acquired by another process. @param {string} path @param {LockHolder} me */
function isOurs(path, { id }) {
  try {
    return parseHolder(readFileSync(path, 'utf8'))?.id === id;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** @param {string} path @param {string} mine @param {LockHolder} dead @returns {Promise<boolean>} whether the lock of a dead holder is ours now */
async function succeeded(path, mine, dead) {
  const claim = claimOn(path, dead);
  if (!(await linked(mine, claim))) return false;
  const direct = await readHolder(path);
  const stillThere = direct !== undefined && (await lastClaim(path, direct, claim)).id === dead.id;
  if (stillThere) await rename(mine, path);
  await rm(claim, { force: true });
  if (stillThere && direct.id !== dead.id) await rm(claimOn(path, direct), { force: true });
  return stillThere;
}

/** The current holder: the last process with an unfinished claim to take over, else that of the lock. @param {string} path */
async function holderOf(path) {
  const holder = await readHolder(path);
  return holder && lastClaim(path, holder);
}

/** @param {string} path @param {LockHolder} holder @param {string} [before] @returns {Promise<LockHolder>} */
async function lastClaim(path, holder, before) {
  const claim = claimOn(path, holder);
  const next = claim === before ? undefined : await readHolder(claim);
  return next === undefined ? holder : lastClaim(path, next, before);
}

const fileOf = (/** @type {string} */ path, /** @type {LockHolder} */ me) => `${path}.${me.id}`;

const claimOn = (/** @type {string} */ path, /** @type {LockHolder} */ holder) => `${path}.after-${holder.id}`;

/** @param {string} from @param {string} to @returns {Promise<boolean>} whether `to` was free and now is `from` */
async function linked(from, to) {
  try {
    await link(from, to).catch((error) => {
      // A file system without hard links.
      if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(codeOf(error))) throw error;
      return copyFile(from, to, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** @param {unknown} error */
const codeOf = (error) => String(/** @type {NodeJS.ErrnoException} */ (error).code);
