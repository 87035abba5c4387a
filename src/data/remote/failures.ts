import { formatBytes } from '../../support/bytes.js';
import { errorCode } from '../../support/files.js';
import type { Problem } from '../../support/problem.js';
import { shown } from './address.js';

/** A failure that may pass: another attempt is worth its while. */
export interface Setback {
  /** Follows "the download": `broke off (ECONNRESET)`. */
  readonly why: string;
  /** How long the server asks to wait, in milliseconds. */
  readonly wait?: number;
  /** Nobody answered at all: less patience is due. */
  readonly unreachable?: boolean;
}

const UNREACHABLE: Readonly<Record<string, string>> = {
  ENOTFOUND: 'found no machine of that name',
  EAI_AGAIN: 'could not look the name up',
  ECONNREFUSED: 'was refused: nothing listens there',
  EHOSTUNREACH: 'found no way to the machine',
  ENETUNREACH: 'found no network',
  UND_ERR_CONNECT_TIMEOUT: 'got no connection in time',
};
const BROKEN: Readonly<Record<string, string>> = {
  UND_ERR_BODY_TIMEOUT: 'stalled: no byte came any more',
  UND_ERR_HEADERS_TIMEOUT: 'stalled: the server did not answer in time',
  ETIMEDOUT: 'stalled',
};

/** What an error of the network means; an error that is none of the network's is nothing that may pass. */
export function setback(error: unknown): Setback | undefined {
  const found = codesOf(error);
  for (const code of found) {
    if (UNREACHABLE[code] !== undefined) return { why: UNREACHABLE[code], unreachable: true };
    if (BROKEN[code] !== undefined) return { why: BROKEN[code] };
    if (/^(UND_ERR_|HPE_|ECONN|EPIPE|ENET|EHOST)/.test(code)) return { why: 'broke off' };
  }
  // undici's word for a body that ends too early.
  return error instanceof Error && error.message === 'terminated' ? { why: 'broke off' } : undefined;
}

/** Failures of the network that do not pass by themselves. */
export function hopeless(error: unknown, url: URL): Problem | undefined {
  const message = error instanceof Error ? error.message : '';
  const refused = /Proxy response \((\d+)\)/.exec(message);
  if (refused !== null) {
    return {
      code: 'download-refused',
      message: `The proxy does not let ${shown(url)} through (it answered ${refused[1]}).`,
      cure: 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY, and the password in them.',
    };
  }
  const certificate = codesOf(error).find((code) => /CERT|SELF_SIGNED|UNABLE_TO|ERR_SSL|ERR_TLS|PRX_TLS/.test(code));
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

export function maybePasses(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** When patience is at its end. @param here bytes that are kept */
export function gaveUp(url: URL, { why }: Setback, tries: number, here: number): Problem {
  const kept = here === 0 ? '' : `; ${formatBytes(here)} are here`;
  return {
    code: 'download-failed',
    message: `The download of ${shown(url)} ${why}${tries === 1 ? '' : `, ${tries} times in a row`}${kept}.`,
    cure: `Check the network and give the same command again${here === 0 ? '' : ': it goes on from there'}.`,
  };
}

function codesOf(error: unknown): string[] {
  const own = errorCode(error);
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  const inner = [cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].filter((one) => one instanceof Error);
  return [...(own === undefined ? [] : [own]), ...inner.flatMap(codesOf)];
}
