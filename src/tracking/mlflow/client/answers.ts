import { isJsonObject, type JsonObject } from '../../../support/json.js';
import { hidePasswords } from '../../../support/passwords.js';
import { ProblemError } from '../../../support/problem.js';
import { retryAfter } from '../../../support/retry-after.js';
import { printable } from '../../../support/visible.js';
import { MlflowError } from './error.js';
import { failureAtProxy, pathOf } from './failures.js';
import type { Answer, Call } from './http.js';
import { artifactsOnly, forbidden, noMlflowHere, notServingArtifacts, redirected, unauthorised } from './problems.js';
import type { Settings } from './settings.js';

/** As MLflow's Python client has them. */
const TEMPORARY = [408, 429, 500, 502, 503, 504];
/** Of what a server says, in a message. */
const LONGEST_SAYING = 500;

/**
 * What a server answered, when it did what it was asked for.
 *
 * @throws MlflowError, ProblemError when it did not
 */
export function contentOf(answer: Answer, call: Call, settings: Settings): JsonObject {
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

function refusal(answer: Answer, call: Call, settings: Settings): Error {
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

function mlflowError(what: string, answer: Answer, call: Call, settings: Settings, temporary: boolean): MlflowError {
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
function saying(answer: Answer): string {
  const { message } = parsed(answer.text) ?? {};
  const words = typeof message === 'string' ? message : looksLikePage(answer.text) ? '' : answer.text;
  const line = printable(hidePasswords(words)).replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_SAYING ? `${line.slice(0, LONGEST_SAYING)}...` : line;
}

function errorCodeOf(answer: Answer): string | undefined {
  const { error_code: code } = parsed(answer.text) ?? {};
  return typeof code === 'string' ? code : undefined;
}

function somethingElse({ status, text }: Answer): string {
  const kind = looksLikePage(text)
    ? 'a web page'
    : text.trim() === ''
      ? 'an empty answer'
      : 'something that is not JSON';
  return `${status >= 400 ? `it answered ${status} and ` : 'it answers with '}${kind}`;
}

/** Where a redirect leads, without what may be secret. */
function target(answer: Answer, call: Call): string {
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
