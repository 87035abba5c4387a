import { ProblemError } from '../../../support/problem.js';
import { MlflowError } from './error.js';
import type { Call } from './http.js';
import { proxyRefused, untrusted } from './problems.js';
import type { Settings } from './settings.js';

/** What people call the codes of a connection that did not work. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to the machine',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ERR_READING_RESPONSE_STREAM: 'the connection broke off',
};

/** What Node says where certificates do not fit. */
const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_SSL|ERR_TLS|EPROTO/;

/** What it means that a request got no answer: `got`'s error is not passed on, since it holds the request's headers. */
export function failureOfRequest(error: unknown, call: Call, settings: Settings): Error {
  if (error instanceof ProblemError || error instanceof MlflowError) return error;
  const cause = rootOf(error);
  if (isOurs(cause)) return cause;
  const code = codeOf(error) ?? codeOf(cause);
  if (code === undefined) return cause;
  if (DISTRUST.test(code)) return new ProblemError(untrusted(settings.server, code));
  return new MlflowError(`The MLflow server ${settings.server} does not answer (${reason(code, error, settings)}).`, {
    method: call.method,
    path: pathOf(call, settings),
    temporary: true,
  });
}

/** What the proxy says in the place of the server. */
export function failureAtProxy(status: number, call: Call, settings: Settings): Error {
  if (status === 407 || status === 403) return new ProblemError(proxyRefused(settings.server, status));
  return new MlflowError(`The proxy does not reach the MLflow server ${settings.server} (it answered ${status}).`, {
    status,
    method: call.method,
    path: pathOf(call, settings),
    temporary: true,
  });
}

/** Of the request, without the server's address. */
export function pathOf({ url }: Call, { server }: Settings): string {
  return url.href.startsWith(server)
    ? url.pathname.slice(new URL(server).pathname.replace(/\/$/, '').length)
    : url.pathname;
}

function reason(code: string, error: unknown, { patience }: Settings): string {
  if (code === 'ETIMEDOUT') {
    const event = (error as { readonly event?: string }).event;
    if (event === undefined || event === 'connect' || event === 'secureConnect') return 'no connection in time';
    return `nothing came within ${patience.timeout / 1000} s`;
  }
  return REASONS[code] ?? code;
}

/** A file that cannot be read, and a program's mistake, are none of the network's troubles. */
function isOurs(cause: Error): boolean {
  const { syscall } = cause as NodeJS.ErrnoException;
  return (
    cause instanceof TypeError ||
    cause instanceof RangeError ||
    (syscall !== undefined && /^(open|f?stat|scandir)$/.test(syscall))
  );
}

function rootOf(error: unknown): Error {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error ? rootOf(cause) : error instanceof Error ? error : new Error(String(error));
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
