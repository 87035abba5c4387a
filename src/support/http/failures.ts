import { RequestError, TimeoutError } from 'got';
import { errorCode } from '../files.js';

/** Nothing came in the time that was given for it: no connection, no answer, no more of the answer, not all of it. */
export class TimedOut extends Error {
  constructor(readonly code: 'CONNECT_TIMEOUT' | 'HEADERS_TIMEOUT' | 'BODY_TIMEOUT' | 'REQUEST_TIMEOUT') {
    super(code === 'CONNECT_TIMEOUT' ? 'no connection in time' : 'nothing came in time');
  }
}

/** A proxy would not connect us. */
export class ProxyRefusal extends Error {
  constructor(readonly status: number) {
    super(`the proxy answered ${status}`);
  }
}

/** What Node says where certificates do not fit. */
const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO|ERR_SSL|ERR_TLS|EPROTO/;

/** The code with which a connection was given up that cannot be trusted; nothing where that is not what is wrong. */
export function distrustOf(error: unknown): string | undefined {
  return codesOf(error).find((code) => DISTRUST.test(code));
}

/** Whether a proxy broke off before it had connected us: https-proxy-agent says so without a code. */
export function breaksAtProxy(error: unknown): boolean {
  return error instanceof Error && /(from proxy|receiving) CONNECT response/.test(error.message);
}

/** The codes of an error and of what caused it, the outermost first; of a machine with several addresses, all of them. */
export function codesOf(error: unknown): string[] {
  const { cause, errors, syscall } = error as Readonly<Record<'cause' | 'errors' | 'syscall', unknown>>;
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter((one) => one instanceof Error);
  const code = errorCode(error);
  const own = code === 'ETIMEDOUT' && syscall === 'connect' ? 'CONNECT_TIMEOUT' : code;
  return [...(own === undefined ? [] : [own]), ...inner.flatMap(codesOf)];
}

/** What is behind an error of `got`, which itself is not passed on: it holds the request's headers, passwords among them. */
export function causeOf(error: unknown): Error {
  if (error instanceof TimeoutError) return new TimedOut(error.event === 'socket' ? 'BODY_TIMEOUT' : 'HEADERS_TIMEOUT');
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error));
  const { cause, code, message } = error;
  return cause instanceof Error ? causeOf(cause) : Object.assign(new Error(message), { code });
}
