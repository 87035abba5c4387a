import { sha256 } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';

/** Reads an http(s) address. @throws ProblemError `bad-address` */
export function parseAddress(address: string, base?: URL): URL {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ProblemError({
    code: 'bad-address',
    message: `An address that begins with http:// or https:// was expected; found ${url === undefined ? JSON.stringify(displayUrl(address)) : displayUrl(url)}.`,
    cure: 'Give the address that a browser would download the archive from.',
  });
}

/** An address for messages and records: without user, password and query, which may hold signatures and tokens. */
export function displayUrl(address: string | URL): string {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  if (url === undefined || url.host === '') return stripCredentials(String(address));
  const { search } = url;
  url.username = url.password = url.search = url.hash = '';
  return search === '' ? url.href : `${url.href}?...`;
}

/** An address without user and password, which do not change the content. */
export function withoutCredentials(address: URL): string {
  const url = new URL(address);
  url.username = url.password = '';
  return url.href;
}

/** An address as it enters an identity: the query, which may hold a token, as a hash only. */
export function urlIdentity(address: string): string {
  if (!URL.canParse(address)) return stripCredentials(address);
  const url = new URL(withoutCredentials(new URL(address)));
  const { search } = url;
  url.search = url.hash = '';
  return search === '' ? url.href : `${url.href}?${sha256(search).slice(0, 16)}`;
}

/** The last part of an address's path: `horse2zebra.zip`. */
export function urlFileName(url: URL): string {
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** A text that is not an address with a host, without the part that may hold a password. A path stays. */
function stripCredentials(text: string): string {
  return text.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?(?![./]).*@/is, '$1');
}
