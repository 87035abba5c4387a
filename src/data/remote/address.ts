import { sha256 } from '../../support/hash.js';
import { ProblemError } from '../../support/problem.js';

/** Reads an http(s) address. @throws ProblemError `bad-address` */
export function parseAddress(address: string, base?: URL): URL {
  const url = URL.canParse(address, base?.href) ? new URL(address, base) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new ProblemError({
    code: 'bad-address',
    message: `An address that begins with http:// or https:// was expected; found ${url === undefined ? JSON.stringify(shown(address)) : shown(url)}.`,
    cure: 'Give the address that a browser would download the archive from.',
  });
}

/** An address for people and records: without user, password and what follows `?`, where signatures and tokens are. */
export function shown(address: string | URL): string {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  if (url === undefined || url.host === '') return bared(String(address));
  const { search } = url;
  url.username = url.password = url.search = url.hash = '';
  return search === '' ? url.href : `${url.href}?...`;
}

/** An address without user and password: they do not count for what is there. */
export function withoutPassword(address: URL): string {
  const url = new URL(address);
  url.username = url.password = '';
  return url.href;
}

/** An address as what is there is known by: of what follows `?`, which may hold a token, only a hash. */
export function identityOf(address: string): string {
  if (!URL.canParse(address)) return bared(address);
  const url = new URL(withoutPassword(new URL(address)));
  const { search } = url;
  url.search = url.hash = '';
  return search === '' ? url.href : `${url.href}?${sha256(search).slice(0, 16)}`;
}

/** The last part of an address's path: `horse2zebra.zip`. */
export function fileNameOf(url: URL): string {
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? url.hostname;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** Of what is no address, or none with a host: without all that a password might be in. A path stays. */
function bared(text: string): string {
  return text.replace(/^((?:[a-z][a-z\d+.-]*:)?\/\/)?(?![./]).*@/is, '$1');
}
