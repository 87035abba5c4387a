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

/** Where a line breaks: after so many bytes of the file, when the client has them in this file. What it has not read is lost with the line. */
export interface Break {
  readonly at: number;
  readonly part: () => string;
}

/** Serves bytes as a good server does: with ranges, when the file is still the one that the client knows. */
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

/** Waits until the client has written down what was sent before the break. */
export async function arrived({ at, part }: Break): Promise<void> {
  await until(`${at} bytes of the download`, {
    within: WITHIN.process,
    look: () => statSync(part(), { throwIfNoEntry: false })?.size ?? 0,
    is: (size) => size >= at,
    every: 5,
  });
}
