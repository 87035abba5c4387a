import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface Request {
  /** Counts from 1. */
  readonly nth: number;
  readonly path: string;
  readonly range: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** A server on this machine that is gone when the test ends; `requests` are those that came. */
export async function serve(
  t: TestContext,
  answer: (request: Request, response: ServerResponse) => void | Promise<void>,
): Promise<{ readonly url: string; readonly requests: Request[] }> {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((message, response) => {
    const { headers, url = '/' } = message;
    const request = { nth: requests.length + 1, path: url, range: headers.range, headers };
    requests.push(request);
    void answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Serves bytes as a good server does: with ranges, when the file is still the one that the client knows. */
export function send(
  { range, headers }: Request,
  response: ServerResponse,
  content: Uint8Array,
  { etag = '"1"', stopAt = Infinity }: { readonly etag?: string; readonly stopAt?: number } = {},
): void {
  const same = headers['if-range'] === undefined || headers['if-range'] === etag;
  const from = range !== undefined && same ? Number(/\d+/.exec(range)![0]) : 0;
  const head = { etag, 'content-length': content.length - from };
  if (range !== undefined && same) {
    const part = `bytes ${from}-${content.length - 1}/${content.length}`;
    response.writeHead(206, { ...head, 'content-range': part });
  } else {
    response.writeHead(200, head);
  }
  if (stopAt >= content.length) response.end(content.subarray(from));
  else response.write(content.subarray(from, stopAt), () => setTimeout(() => response.destroy(), 20));
}
