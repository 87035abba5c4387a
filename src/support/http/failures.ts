import { RequestError, TimeoutError } from 'got';
import { errorCode } from '../files.js';

/** A time limit was exceeded: for the connection, the headers, the next bytes, or the whole response. */
export class TimedOut extends Error {
  constructor(readonly code: 'CONNECT_TIMEOUT' | 'HEADERS_TIMEOUT' | 'BODY_TIMEOUT' | 'REQUEST_TIMEOUT') {
    super(code === 'CONNECT_TIMEOUT' ? 'no connection in time' : 'nothing came in time');
  }
}

/** A proxy refused to connect. */
export class ProxyRefusal extends Error {
  constructor(readonly status: number) {
    super(`the proxy answered ${status}`);
  }
}

/** Node's codes for certificate and TLS errors. */
const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO|ERR_SSL|ERR_TLS|EPROTO/;

/** The certificate or TLS code of an error; `undefined` for other errors. */
export function distrustOf(error: unknown): string | undefined {
  return codesOf(error).find((code) => DISTRUST.test(code));
}

/** Whether a proxy closed the connection before it had connected: https-proxy-agent reports that without a code. */
export function breaksAtProxy(error: unknown): boolean {
  return error instanceof Error && /(from proxy|receiving) CONNECT response/.test(error.message);
}

/** The codes of an error and its causes, the outermost first; for a host with several addresses, those of all. */
export function codesOf(error: unknown): string[] {
  const { cause, errors, syscall } = error as Readonly<Record<'cause' | 'errors' | 'syscall', unknown>>;
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter((one) => one instanceof Error);
  const code = errorCode(error);
  const own = code === 'ETIMEDOUT' && syscall === 'connect' ? 'CONNECT_TIMEOUT' : code;
  return [...(own === undefined ? [] : [own]), ...inner.flatMap(codesOf)];
}

/** The cause of an error of `got`, which is not passed on itself: it contains the request's headers, with passwords. */
export function causeOf(error: unknown): Error {
  if (error instanceof TimeoutError) return new TimedOut(error.event === 'socket' ? 'BODY_TIMEOUT' : 'HEADERS_TIMEOUT');
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error));
  const { cause, code, message } = error;
  return cause instanceof Error ? causeOf(cause) : Object.assign(new Error(message), { code });
}
