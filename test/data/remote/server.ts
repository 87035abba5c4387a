import { statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { until, WITHIN } from '../../until.js';

export interface Request {
  /** Counts from 1. */
  readonly nth: number;
  readonly path: string;
  readonly range: string | undefined;
  readonly headers: IncomingMessage['headers'];
}

/** A local server that closes when the test ends; `requests` are those it received. */
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

/** Where a connection breaks: after `at` bytes of the file, when the client's file `part` has them. Unread bytes are lost with the connection. */
export interface Break {
  readonly at: number;
  readonly part: () => string;
}

/** Serves bytes as a valid server does: with ranges, if the file is still the client's version. */
export function send(
  { range, headers }: Request,
  response: ServerResponse,
  content: Uint8Array,
  { etag = '"1"', breaks }: { readonly etag?: string; readonly breaks?: Break | undefined } = {},
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
  if (breaks === undefined) response.end(content.subarray(from));
  else {
    response.flushHeaders();
    response.write(content.subarray(from, breaks.at));
    void arrived(breaks).finally(() => response.destroy());
  }
}

/** Waits until the client has written the bytes sent before the break. */
export async function arrived({ at, part }: Break): Promise<void> {
  await until(`${at} bytes of the download`, {
    within: WITHIN.process,
    look: () => statSync(part(), { throwIfNoEntry: false })?.size ?? 0,
    is: (size) => size >= at,
    every: 5,
  });
}
