import type { ClientRequest, IncomingMessage } from 'node:http';
import { addAbortSignal } from 'node:stream';
import { ProxyRefusal, TimedOut } from './failures.js';
import type { Patience } from './patience.js';
import { requestTo } from './request.js';

export interface Answer {
  readonly status: number;
  /** Of the last address. */
  readonly url: URL;
  header(name: string): string | undefined;
  /** The bytes as they come, once; whoever stops reading closes the connection. */
  readonly body: AsyncIterable<Buffer>;
  /** Closes the connection; for an answer whose body is not read. */
  discard(): void;
}

/**
 * One GET, without following redirects.
 *
 * The body breaks with the network's error, with {@link TimedOut} when no byte comes, or when the signal is aborted.
 *
 * @throws Node's errors as they are; TimedOut; ProxyRefusal; the signal's reason, when it is aborted
 */
export async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  patience: Patience,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted();
  const response = await answerTo(url, headers, patience, signal);
  const header = (name: string) => {
    const value = response.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    status: response.statusCode!,
    url,
    header,
    body: chunks(response, patience.stall),
    discard: () => void response.destroy(),
  };
}

/** Resolves when the headers are here. */
function answerTo(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { connect, stall }: Patience,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const unopened = new AbortController();
  const request = requestTo(url, headers, unopened.signal);
  let onAbort = () => {};
  let timer: NodeJS.Timeout | undefined;
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const fail = (error: Error) => {
      reject(error);
      request.destroy();
      if ((request.socket as unknown) === null) unopened.abort();
    };
    onAbort = () => fail(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    timer = setTimeout(() => fail(new TimedOut('CONNECT_TIMEOUT')), connect);
    request.once('finish', () => {
      clearTimeout(timer);
      if (!request.destroyed) timer = setTimeout(() => fail(new TimedOut('HEADERS_TIMEOUT')), stall);
    });
    // This listener stays: an error after the headers is the body's, and is told to whoever reads it.
    request.on('error', fail);
    refuseProxyErrors(request, fail);
    request.once('response', (response) => {
      // A body can break between the moments at which somebody waits for it; whoever reads on then is told.
      response.on('error', () => undefined);
      // Not by the request's own signal: that lets bytes go which were not read, and then ends as if nothing were amiss.
      resolve(addAbortSignal(signal, response));
    });
  });
  return answered.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  });
}

/** What a proxy says to CONNECT must not pass for the server's answer. */
function refuseProxyErrors(request: ClientRequest, fail: (error: Error) => void): void {
  request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) fail(new ProxyRefusal(statusCode));
  });
}

/** @param stall milliseconds that the next bytes may take; a reader may take longer */
async function* chunks(response: IncomingMessage, stall: number): AsyncGenerator<Buffer, void, undefined> {
  const wait = () => setTimeout(() => response.destroy(new TimedOut('BODY_TIMEOUT')), stall);
  let timer = wait();
  try {
    for await (const chunk of response) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = wait();
    }
  } finally {
    clearTimeout(timer);
  }
}
