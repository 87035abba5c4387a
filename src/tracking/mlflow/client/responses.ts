import { breaksAtProxy, codesOf, distrustOf, ProxyRefusal } from '../../../support/http/failures.js';
import type { HttpText } from '../../../support/http/request.js';
import { retryAfter } from '../../../support/http/retry-after.js';
import { isJsonObject, type JsonObject } from '../../../support/json.js';
import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';
import { printable } from '../../../support/visible.js';
import type { Call } from './api.js';
import {
  artifactsOnly,
  forbidden,
  MlflowError,
  noMlflowHere,
  notServingArtifacts,
  proxyRefused,
  redirected,
  unauthorised,
  untrusted,
} from './errors.js';
import type { Settings } from './settings.js';

/** The same codes as in MLflow's Python client. */
const TEMPORARY = [408, 429, 500, 502, 503, 504];
/** Longest message of a server that is quoted, in characters. */
const MAX_MESSAGE = 500;

/** Plain text for the codes of failed connections. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'its name could not be resolved',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'the network is unreachable',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  CONNECT_TIMEOUT: 'the connection timed out',
  ETIMEDOUT: 'the connection timed out',
};

/**
 * The content of a successful response.
 *
 * @throws MlflowError, ProblemError for any other response
 */
export function contentOf(response: HttpText, call: Call, settings: Settings): JsonObject {
  const { status } = response;
  if (status < 200 || status >= 300) throw refusal(response, call, settings);
  const content = parsed(response.text);
  if (content !== undefined) return content;
  // Artifact stores may answer an upload with an empty body.
  if (call.file !== undefined && !looksLikePage(response.text)) return {};
  if (response.text.trimStart().startsWith('{'))
    throw mlflowError('sent an incomplete response', response, call, settings, true);
  throw new ProblemError(noMlflowHere(settings.server, describeResponse(response)));
}

/** The error for a request without a response. @param error of `ask` */
export function failureOfRequest(error: Error, call: Call, settings: Settings): Error {
  if (error instanceof ProblemError || isLocalError(error)) return error;
  if (error instanceof ProxyRefusal) return failureAtProxy(error.status, call, settings);
  const tlsError = distrustOf(error);
  if (tlsError !== undefined) return new ProblemError(untrusted(settings.server, tlsError));
  const cause = reason(error, settings);
  if (cause === undefined) return error;
  return new MlflowError(`The MLflow server ${settings.server} does not answer (${cause}).`, {
    method: call.method,
    path: pathOf(call, settings),
    temporary: true,
  });
}

/** The error for a response of the proxy in place of the server. */
function failureAtProxy(status: number, call: Call, settings: Settings): Error {
  if (status === 407 || status === 403) return new ProblemError(proxyRefused(settings.server, status));
  return new MlflowError(`The proxy does not reach the MLflow server ${settings.server} (it answered ${status}).`, {
    status,
    method: call.method,
    path: pathOf(call, settings),
    temporary: true,
  });
}

/** The request's path, without the server's address. */
export function pathOf({ url }: Call, { server }: Settings): string {
  return url.href.startsWith(server)
    ? url.pathname.slice(new URL(server).pathname.replace(/\/$/, '').length)
    : url.pathname;
}

function refusal(response: HttpText, call: Call, settings: Settings): Error {
  const { server } = settings;
  const { status } = response;
  const message = serverMessage(response);
  if (status >= 300 && status < 400) return new ProblemError(redirected(server, target(response, call)));
  if (status === 401) return new ProblemError(unauthorised(server, settings.authorization !== undefined));
  if (status === 403) return new ProblemError(forbidden(server, message));
  if (status === 407) return failureAtProxy(status, call, settings);
  if (/--no-serve-artifacts|Artifact serving is disabled/.test(response.text))
    return new ProblemError(notServingArtifacts(server));
  if (/--artifacts-only/.test(response.text)) return new ProblemError(artifactsOnly(server));
  if (TEMPORARY.includes(status)) return mlflowError(sentence(status, message), response, call, settings, true);
  if (errorCodeOf(response) === undefined && [404, 405, 410].includes(status)) {
    return new ProblemError(noMlflowHere(server, describeResponse(response)));
  }
  return mlflowError(sentence(status, message), response, call, settings, false);
}

function mlflowError(
  what: string,
  response: HttpText,
  call: Call,
  settings: Settings,
  temporary: boolean,
): MlflowError {
  return new MlflowError(`The MLflow server ${settings.server} ${what}.`, {
    status: response.status,
    errorCode: errorCodeOf(response),
    method: call.method,
    path: pathOf(call, settings),
    temporary,
    retryAfter: retryAfter(response.header('retry-after')),
  });
}

function sentence(status: number, message: string): string {
  if (status === 413)
    return 'rejected the request as too large (it answered 413); a proxy in front of it may limit the size';
  return `answered ${status}${message === '' ? '' : `: ${message.replace(/\.$/, '')}`}`;
}

/** The server's error message, empty if the response is a web page. */
function serverMessage(response: HttpText): string {
  const { message } = parsed(response.text) ?? {};
  const text = typeof message === 'string' ? message : looksLikePage(response.text) ? '' : response.text;
  const line = printable(hidePasswords(text)).replace(/\s+/g, ' ').trim();
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}...` : line;
}

function errorCodeOf(response: HttpText): string | undefined {
  const { error_code: code } = parsed(response.text) ?? {};
  return typeof code === 'string' ? code : undefined;
}

function describeResponse({ status, text }: HttpText): string {
  const kind = looksLikePage(text)
    ? 'a web page'
    : text.trim() === ''
      ? 'an empty response'
      : 'a response that is not JSON';
  return `${status >= 400 ? `it answered ${status} and ` : 'it answers with '}${kind}`;
}

/** The target of a redirect, without its query, which may be secret. */
function target(response: HttpText, call: Call): string {
  const location = response.header('location') ?? '';
  if (!URL.canParse(location, call.url.href)) return 'another address';
  const url = new URL(location, call.url);
  return `${url.origin}${url.pathname.replace(/\/api\/2\.0\/.*$/, '')}`;
}

function looksLikePage(text: string): boolean {
  return /^\uFEFF?\s*</.test(text);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function reason(error: Error, { retryPolicy }: Settings): string | undefined {
  if (breaksAtProxy(error)) return 'the proxy closed the connection';
  const [code] = codesOf(error);
  if (code === undefined || !/^(HEADERS|BODY|REQUEST)_TIMEOUT$/.test(code)) return REASONS[code ?? ''] ?? code;
  return `no data within ${retryPolicy.timeout / 1000} s`;
}

/** Errors of local files and of the program are not network failures. */
function isLocalError(cause: Error): boolean {
  const { syscall } = cause as NodeJS.ErrnoException;
  return (
    cause instanceof TypeError ||
    cause instanceof RangeError ||
    (syscall !== undefined && /^(open|f?stat|scandir)$/.test(syscall))
  );
}
