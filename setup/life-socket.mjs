// The functions are documented in life-socket.d.mts, by which TypeScript knows them.
import { rmSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** @type {typeof import('./life-socket.mjs').lifeSocketPath} */
export function lifeSocketPath(lock, id) {
  return join(dirname(lock), `.${id}.life`);
}

/** @type {typeof import('./life-socket.mjs').openLifeSocket} */
export async function openLifeSocket(path) {
  await mkdir(dirname(path), { recursive: true });
  return viaFolder(path, async (short) => {
    const server = createServer((socket) => socket.destroy());
    const listens = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(short, () => resolve(true));
    });
    if (!listens) return undefined;
    server.unref();
    return {
      close: (now = path) => {
        // Not removed by Node, which would use the folder's number: that is another's by then.
        rmSync(now, { force: true });
        server.close();
      },
    };
  });
}

/** @type {typeof import('./life-socket.mjs').livesAt} */
export async function livesAt(path) {
  return viaFolder(
    path,
    (short) =>
      new Promise((/** @type {(lives: boolean | undefined) => void} */ resolve) => {
        const socket = connect(short);
        socket.once('connect', () => resolve(true));
        socket.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? false : undefined));
        socket.once('close', () => resolve(undefined));
        socket.on('connect', () => socket.destroy());
      }),
  ).catch(() => undefined);
}

/**
 * Gives `f` a short way to a file, which has no name as long as its folder's.
 * @template T
 * @param {string} path
 * @param {(short: string) => Promise<T>} f
 * @returns {Promise<T>}
 */
async function viaFolder(path, f) {
  const folder = await open(dirname(path));
  try {
    return await f(`/proc/self/fd/${folder.fd}${path.slice(dirname(path).length)}`);
  } finally {
    await folder.close();
  }
}
