import { mkdir, open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { errorCode } from './files.js';

/**
 * A socket in a folder that many containers of one machine may share, by which one can tell whether a process lives that one cannot see: the
 * system closes it whatever ends the process, and answers for it as long as the process lives, even one that is stopped.
 */
export interface LifeSocket {
  /** @param path where it is by now, if its folder was moved */
  readonly close: (path?: string) => Promise<void>;
}

/** Where the socket of a taking of a lock is, beside the lock: one short name, for a socket's path has 107 bytes at most. */
export function lifeSocketPath(lock: string, id: string): string {
  return join(dirname(lock), `.${id}.life`);
}

/** @returns nothing where the file system has no sockets */
export async function openLifeSocket(path: string): Promise<LifeSocket | undefined> {
  await mkdir(dirname(path), { recursive: true });
  return viaFolder(path, async (short) => {
    const server = createServer((socket) => socket.destroy());
    const listens = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(short, () => resolve(true));
    });
    if (!listens) return undefined;
    // Not removed by Node, which would use the folder's number: that is another's by then.
    server.unref();
    const close = async (now = path) => {
      await rm(now, { force: true });
      server.close();
    };
    return { close };
  });
}

/** Whether the process that opened it lives; nothing where that cannot be told. */
export async function livesAt(path: string): Promise<boolean | undefined> {
  return viaFolder(
    path,
    (short) =>
      new Promise<boolean | undefined>((resolve) => {
        const socket = connect(short);
        socket.once('connect', () => resolve(true));
        socket.once('error', (error) => resolve(errorCode(error) === 'ECONNREFUSED' ? false : undefined));
        socket.once('close', () => resolve(undefined));
        socket.on('connect', () => socket.destroy());
      }),
  ).catch(() => undefined);
}

/** Gives `f` a short way to a file, which has no name as long as its folder's. */
async function viaFolder<T>(path: string, f: (short: string) => Promise<T>): Promise<T> {
  const folder = await open(dirname(path));
  try {
    return await f(`/proc/self/fd/${folder.fd}${path.slice(dirname(path).length)}`);
  } finally {
    await folder.close();
  }
}
