import { formatBytes } from '../../support/bytes.js';
import { breaksAtProxy, codesOf, distrustOf, ProxyRefusal } from '../../support/http/failures.js';
import type { Problem } from '../../support/problem.js';
import { displayUrl } from './address.js';

/** A failure that another attempt may not meet again. */
export interface TransientFailure {
  /** Follows "the download": `broke off (ECONNRESET)`. */
  readonly why: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly wait?: number;
  /** No server answered at all: fewer attempts are made. */
  readonly unreachable?: boolean;
  /** The server answered that it is overloaded or broken: the network works. */
  readonly busy?: boolean;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'found no machine of that name',
  EAI_AGAIN: 'could not look the name up',
  ECONNREFUSED: 'was refused: nothing listens there',
  EHOSTUNREACH: 'found no route to the machine',
  ENETUNREACH: 'found no network',
  CONNECT_TIMEOUT: 'got no connection in time',
};
const STALLED: Readonly<Record<string, string>> = {
  BODY_TIMEOUT: 'stalled: no more bytes arrived',
  HEADERS_TIMEOUT: 'stalled: the server did not answer in time',
  ETIMEDOUT: 'stalled',
};

/** `ECONNRESET` is also Node's code for a connection that closes before the response is complete; HPE codes are its parser's. */
const BROKEN_CONNECTION = /^(HPE_|ECONN|EPIPE|ENET|EHOST|ERR_STREAM_PREMATURE_CLOSE)/;

/** The transient failure that a network error means; nothing for any other error. */
export function transientFailure(error: unknown): TransientFailure | undefined {
  if (error instanceof ProxyRefusal && isTransientStatus(error.status)) return { why: `failed (${error.message})` };
  const found = codesOf(error);
  const unreachable = found.find((code) => UNREACHABLE[code] !== undefined);
  if (unreachable !== undefined) return { why: UNREACHABLE[unreachable]!, unreachable: true };
  for (const code of found) {
    if (STALLED[code] !== undefined) return { why: STALLED[code] };
    if (BROKEN_CONNECTION.test(code)) return { why: 'broke off' };
  }
  return breaksAtProxy(error) ? { why: 'broke off at the proxy' } : undefined;
}

/** The problem that a network error means when another attempt would meet it again. */
export function permanentProblem(error: unknown, url: URL): Problem | undefined {
  if (error instanceof ProxyRefusal)
    return isTransientStatus(error.status) ? undefined : refusedByProxy(error.status, url);
  const certificate = distrustOf(error);
  if (certificate === undefined) return undefined;
  return {
    code: 'download-refused',
    message: `The connection to ${displayUrl(url)} cannot be trusted (${certificate}).`,
    cure: 'Where a company inspects the traffic, name its certificate: NODE_EXTRA_CA_CERTS=FILE.',
  };
}

/** The problem that a status other than 200 and 206 means. */
export function statusProblem(status: number, url: URL): Problem {
  const address = displayUrl(url);
  if (status === 407) return refusedByProxy(status, url);
  if (status === 404 || status === 410) {
    return {
      code: 'download-not-found',
      message: `There is nothing at ${address} (the server answered ${status}).`,
      cure: 'Check the address, with a browser for example; the archive may have moved.',
    };
  }
  const forbidden = status === 401 || status === 403;
  return {
    code: 'download-refused',
    message: `The server refused ${address} (it answered ${status}).`,
    cure: forbidden
      ? 'Download it with a browser where you are logged in, and give the file; or give an address that is open to all.'
      : 'Check the address, with a browser for example.',
  };
}

function refusedByProxy(status: number, url: URL): Problem {
  return {
    code: 'download-refused',
    message: `The proxy refused ${displayUrl(url)} (it answered ${status}).`,
    cure: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and the password in them.',
  };
}

export function isTransientStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** The problem after the last attempt. @param received bytes that are kept */
export function downloadFailed(
  url: URL,
  { why, busy = false }: TransientFailure,
  tries: number,
  received: number,
): Problem {
  const on = received === 0 ? '' : ' (it resumes there)';
  const kept = received === 0 ? '' : `; ${formatBytes(received)} are here`;
  return {
    code: 'download-failed',
    message: `The download of ${displayUrl(url)} ${why}${tries === 1 ? '' : `, ${tries} times in a row`}${kept}.`,
    cure: busy
      ? `The server is overloaded or broken: give the same command again later${on}, or use a mirror.`
      : `Check the network and give the same command again${on}.`,
  };
}
