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

/** As MLflow's Python client has them. */
const TEMPORARY = [408, 429, 500, 502, 503, 504];
/** Of what a server says, in a message. */
const LONGEST_SAYING = 500;

/** What people call the codes of a connection that did not work. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to the machine',
  ENETUNREACH: 'there is no network',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  CONNECT_TIMEOUT: 'no connection in time',
  ETIMEDOUT: 'no connection in time',
};

/**
 * What a server answered, when it did what it was asked for.
 *
 * @throws MlflowError, ProblemError when it did not
 */
export function contentOf(answer: HttpText, call: Call, settings: Settings): JsonObject {
  const { status } = answer;
  if (status < 200 || status >= 300) throw refusal(answer, call, settings);
  const content = parsed(answer.text);
  if (content !== undefined) return content;
  // Whatever keeps files may have nothing to say about it.
  if (call.file !== undefined && !looksLikePage(answer.text)) return {};
  if (answer.text.trimStart().startsWith('{'))
    throw mlflowError('broke off in the middle of its answer', answer, call, settings, true);
  throw new ProblemError(noMlflowHere(settings.server, somethingElse(answer)));
}

/** What it means that a request got no answer. @param error of `ask` */
export function failureOfRequest(error: Error, call: Call, settings: Settings): Error {
  if (error instanceof ProblemError || isOurs(error)) return error;
  if (error instanceof ProxyRefusal) return failureAtProxy(error.status, call, settings);
  const distrust = distrustOf(error);
  if (distrust !== undefined) return new ProblemError(untrusted(settings.server, distrust));
  const why = reason(error, settings);
  if (why === undefined) return error;
  return new MlflowError(`The MLflow server ${settings.server} does not answer (${why}).`, {
    method: call.method,
    path: pathOf(call, settings),
    temporary: true,
  });
}

/** What the proxy says in the place of the server. */
function failureAtProxy(status: number, call: Call, settings: Settings): Error {
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

function refusal(answer: HttpText, call: Call, settings: Settings): Error {
  const { server } = settings;
  const { status } = answer;
  const said = saying(answer);
  if (status >= 300 && status < 400) return new ProblemError(redirected(server, target(answer, call)));
  if (status === 401) return new ProblemError(unauthorised(server, settings.authorization !== undefined));
  if (status === 403) return new ProblemError(forbidden(server, said));
  if (status === 407) return failureAtProxy(status, call, settings);
  if (/--no-serve-artifacts|Artifact serving is disabled/.test(answer.text))
    return new ProblemError(notServingArtifacts(server));
  if (/--artifacts-only/.test(answer.text)) return new ProblemError(artifactsOnly(server));
  if (TEMPORARY.includes(status)) return mlflowError(sentence(status, said), answer, call, settings, true);
  if (errorCodeOf(answer) === undefined && [404, 405, 410].includes(status)) {
    return new ProblemError(noMlflowHere(server, somethingElse(answer)));
  }
  return mlflowError(sentence(status, said), answer, call, settings, false);
}

function mlflowError(what: string, answer: HttpText, call: Call, settings: Settings, temporary: boolean): MlflowError {
  return new MlflowError(`The MLflow server ${settings.server} ${what}.`, {
    status: answer.status,
    errorCode: errorCodeOf(answer),
    method: call.method,
    path: pathOf(call, settings),
    temporary,
    retryAfter: retryAfter(answer.header('retry-after')),
  });
}

function sentence(status: number, said: string): string {
  if (status === 413)
    return 'says that the request is too large (it answered 413); a proxy before it may limit the size';
  return `answered ${status}${said === '' ? '' : `: ${said.replace(/\.$/, '')}`}`;
}

/** The server's own words, where they are words. */
function saying(answer: HttpText): string {
  const { message } = parsed(answer.text) ?? {};
  const words = typeof message === 'string' ? message : looksLikePage(answer.text) ? '' : answer.text;
  const line = printable(hidePasswords(words)).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_SAYING ? `${line.slice(0, LONGEST_SAYING)}...` : line;
}

function errorCodeOf(answer: HttpText): string | undefined {
  const { error_code: code } = parsed(answer.text) ?? {};
  return typeof code === 'string' ? code : undefined;
}

function somethingElse({ status, text }: HttpText): string {
  const kind = looksLikePage(text)
    ? 'a web page'
    : text.trim() === ''
      ? 'an empty answer'
      : 'something that is not JSON';
  return `${status >= 400 ? `it answered ${status} and ` : 'it answers with '}${kind}`;
}

/** Where a redirect leads, without what may be secret. */
function target(answer: HttpText, call: Call): string {
  const location = answer.header('location') ?? '';
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

function reason(error: Error, { patience }: Settings): string | undefined {
  if (breaksAtProxy(error)) return 'the connection broke off at the proxy';
  const [code] = codesOf(error);
  if (code === undefined || !/^(HEADERS|BODY|REQUEST)_TIMEOUT$/.test(code)) return REASONS[code ?? ''] ?? code;
  return `nothing came within ${patience.timeout / 1000} s`;
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
