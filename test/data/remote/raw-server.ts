import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * A server that sends raw bytes, for responses that no valid HTTP server sends.
 *
 * @param answer called with the connection when a request's headers are complete; `nth` counts from 1
 */
export async function rawServer(
  t: TestContext,
  answer: (socket: Socket, nth: number, head: string) => void,
): Promise<{ readonly url: string; readonly port: number; readonly heads: string[] }> {
  const heads: string[] = [];
  const server = createServer((socket) => {
    let head = '';
    const listen = (bytes: Buffer) => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', listen);
      answer(socket, heads.push(head), head);
    };
    socket.on('data', listen);
  });
  const port = await listening(t, server);
  return { url: `http://127.0.0.1:${port}`, port, heads };
}

/** Listens on a free local port until the test ends, which closes open connections. */
export async function listening(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
