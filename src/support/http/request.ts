import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import got, { type HttpsOptions, type Method, type Request } from 'got';
import { causeOf, ProxyRefusal, TimedOut } from './failures.js';
import type { Environment } from './proxy.js';
import { bare, routeTo } from './route.js';

/** One request, without retries and redirects. */
export interface HttpRequest {
  readonly method: Method;
  /** User and password in it are not sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | Readable;
  readonly timeouts: Timeouts;
  readonly tls?: HttpsOptions;
  /** Names proxies; this process's environment by default. */
  readonly env?: Environment;
}

/** In milliseconds; unlimited by default. */
export interface Timeouts {
  /** For a connection to open, including a proxy's. */
  readonly connect?: number;
  /** For the next byte of the request, the headers or the body. A reader may take longer. */
  readonly stall?: number;
  /** For the whole request. */
  readonly whole?: number;
}

export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** The stream of bytes, readable once; to stop reading closes the connection. */
  readonly body: AsyncIterable<Buffer>;
  /** Closes the connection of a response whose body is not read. */
  discard(): void;
}

export interface HttpText {
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
}

/**
 * Sends a request. Resolves for any status.
 *
 * @returns the response once its headers are received; reading the body throws the same errors
 * @throws Node's errors; TimedOut; ProxyRefusal; the signal's reason if aborted; ProblemError for an unsupported proxy
 */
export async function openAnswer(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
  const { stream, response } = await answered(request, signal, false);
  return {
    ...headOf(response),
    body: chunks(stream, request.timeouts.stall, signal),
    discard: () => void stream.destroy(),
  };
}

/** The same with the whole body as text, decompressed if needed. */
export async function ask(request: HttpRequest, signal?: AbortSignal): Promise<HttpText> {
  const { stream, response } = await answered(request, signal, true);
  const bytes: Buffer[] = [];
  for await (const chunk of chunks(stream, request.timeouts.stall, signal)) bytes.push(chunk);
  return { ...headOf(response), text: Buffer.concat(bytes).toString('utf8') };
}

interface Answered {
  readonly stream: Request;
  readonly response: IncomingMessage;
}

/** Resolves when the headers are received. */
async function answered(request: HttpRequest, signal: AbortSignal | undefined, decompress: boolean): Promise<Answered> {
  signal?.throwIfAborted();
  const unopened = new AbortController();
  const stream = streamOf(request, decompress, unopened.signal);
  let sent: ClientRequest | undefined;
  const fail = (error: Error) => {
    stream.destroy(error);
    if (sent?.socket === null) unopened.abort();
  };
  const onAbort = () => fail(new Error('aborted'));
  signal?.addEventListener('abort', onAbort, { once: true });
  // Not with the timers of `got`, which do not end a request that waits for a proxy.
  const after = (milliseconds: number | undefined, code: TimedOut['code']) =>
    milliseconds === undefined ? undefined : setTimeout(() => fail(new TimedOut(code)), milliseconds);
  const connecting = after(request.timeouts.connect, 'CONNECT_TIMEOUT');
  const working = after(request.timeouts.whole, 'REQUEST_TIMEOUT');
  const over = () => {
    clearTimeout(working);
    signal?.removeEventListener('abort', onAbort);
  };
  // A stream whose body was read completely may never close, and its timer would keep the process alive.
  stream.once('end', over).once('close', over);
  stream.once('request', (begun: ClientRequest) => {
    sent = begun;
    begun.once('socket', (socket: Socket) => whenOpen(begun, socket, () => clearTimeout(connecting)));
    // A proxy's response to CONNECT must not be mistaken for the server's.
    begun.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      if (statusCode !== 200) fail(new ProxyRefusal(statusCode));
    });
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      stream.once('response', resolve);
      // This listener stays: errors after the headers are thrown to the body's reader.
      stream.on('error', reject);
    });
    return { stream, response };
  } catch (error) {
    fail(error as Error);
    signal?.throwIfAborted();
    throw causeOf(error);
  } finally {
    clearTimeout(connecting);
  }
}

function streamOf(
  { url, method, headers, body, timeouts, tls, env }: HttpRequest,
  decompress: boolean,
  unopened: AbortSignal,
) {
  const { stall } = timeouts;
  return got.stream(bare(url), {
    ...routeTo(url, env ?? process.env, unopened),
    method,
    headers: { ...headers },
    // Without any, a stream would wait for something to send.
    ...(method === 'GET' ? {} : { body: body ?? '' }),
    timeout: stall === undefined ? {} : { response: stall, ...(typeof body === 'object' && { socket: stall }) },
    ...(tls === undefined ? {} : { https: tls }),
    decompress,
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
  });
}

function whenOpen(request: ClientRequest, socket: Socket, then: () => void): void {
  const isSecure = 'encrypted' in socket;
  if (request.reusedSocket || (!isSecure && !socket.connecting)) then();
  else socket.once(isSecure ? 'secureConnect' : 'connect', then);
}

function headOf({ statusCode, headers }: IncomingMessage) {
  return { status: statusCode!, header: (name: string) => [headers[name]].flat()[0] };
}

async function* chunks(stream: Request, stall: number | undefined, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  const wait = () =>
    stall === undefined ? undefined : setTimeout(() => stream.destroy(new TimedOut('BODY_TIMEOUT')), stall);
  let timer = wait();
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      yield chunk as Buffer;
      timer = wait();
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw causeOf(error);
  } finally {
    clearTimeout(timer);
  }
}
