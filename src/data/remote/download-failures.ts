import { formatBytes } from '../../support/bytes.js';
import { breaksAtProxy, codesOf, distrustOf, ProxyRefusal } from '../../support/http/failures.js';
import type { Problem } from '../../support/problem.js';
import { shown } from './address.js';

/** A failure that may pass: another attempt is worth its while. */
export interface TransientFailure {
  /** Follows "the download": `broke off (ECONNRESET)`. */
  readonly why: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly wait?: number;
  /** Nobody answered at all: less patience is due. */
  readonly unreachable?: boolean;
  /** The server answered that it cannot now: nothing is wrong with the network. */
  readonly busy?: boolean;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'found no machine of that name',
  EAI_AGAIN: 'could not look the name up',
  ECONNREFUSED: 'was refused: nothing listens there',
  EHOSTUNREACH: 'found no way to the machine',
  ENETUNREACH: 'found no network',
  CONNECT_TIMEOUT: 'got no connection in time',
};
const BROKEN: Readonly<Record<string, string>> = {
  BODY_TIMEOUT: 'stalled: no byte came any more',
  HEADERS_TIMEOUT: 'stalled: the server did not answer in time',
  ETIMEDOUT: 'stalled',
};

/** `ECONNRESET` is Node's code for a connection that closes before the answer is whole, too; HPE are its parser's. */
const BREAK = /^(HPE_|ECONN|EPIPE|ENET|EHOST|ERR_STREAM_PREMATURE_CLOSE)/;

/** What an error of the network means; an error that is none of the network's is nothing that may pass. */
export function transientFailure(error: unknown): TransientFailure | undefined {
  if (error instanceof ProxyRefusal && maybePasses(error.status)) return { why: `failed (${error.message})` };
  const found = codesOf(error);
  const unreachable = found.find((code) => UNREACHABLE[code] !== undefined);
  if (unreachable !== undefined) return { why: UNREACHABLE[unreachable]!, unreachable: true };
  for (const code of found) {
    if (BROKEN[code] !== undefined) return { why: BROKEN[code] };
    if (BREAK.test(code)) return { why: 'broke off' };
  }
  return breaksAtProxy(error) ? { why: 'broke off at the proxy' } : undefined;
}

/** Failures of the network that do not pass by themselves. */
export function permanentProblem(error: unknown, url: URL): Problem | undefined {
  if (error instanceof ProxyRefusal) return maybePasses(error.status) ? undefined : refusedByProxy(error.status, url);
  const certificate = distrustOf(error);
  if (certificate === undefined) return undefined;
  return {
    code: 'download-refused',
    message: `The connection to ${shown(url)} cannot be trusted (${certificate}).`,
    cure: 'Where a company inspects the traffic, name its certificate: NODE_EXTRA_CA_CERTS=FILE.',
  };
}

/** What an answer other than 200 and 206 means. */
export function problemOfStatus(status: number, url: URL): Problem {
  const address = shown(url);
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
    message: `The server does not give ${address} to us (it answered ${status}).`,
    cure: forbidden
      ? 'Download it with a browser where you are logged in, and give the file; or give an address that is open to all.'
      : 'Check the address, with a browser for example.',
  };
}

function refusedByProxy(status: number, url: URL): Problem {
  return {
    code: 'download-refused',
    message: `The proxy does not let ${shown(url)} through (it answered ${status}).`,
    cure: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and the password in them.',
  };
}

export function maybePasses(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** When patience is at its end. @param here bytes that are kept */
export function gaveUp(url: URL, { why, busy = false }: TransientFailure, tries: number, here: number): Problem {
  const on = here === 0 ? '' : ' (it goes on from there)';
  const kept = here === 0 ? '' : `; ${formatBytes(here)} are here`;
  return {
    code: 'download-failed',
    message: `The download of ${shown(url)} ${why}${tries === 1 ? '' : `, ${tries} times in a row`}${kept}.`,
    cure: busy
      ? `The server is overloaded or broken: give the same command again later${on}, or use a mirror.`
      : `Check the network and give the same command again${on}.`,
  };
}
