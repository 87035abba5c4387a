import { hidePasswords } from '../passwords.js';
import { ProblemError } from '../problem.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for an address by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in upper or lower case, as curl reads them.
 *
 * @throws ProblemError for an unsupported proxy (SOCKS)
 */
export function proxyFor(url: URL, env: Environment = process.env): URL | undefined {
  const variable = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = read(env, variable);
  if (proxy === '' || isExempt(url, read(env, 'no_proxy'))) return undefined;
  const address = proxy.includes('://') ? proxy : `http://${proxy}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed;
  throw new ProblemError({
    code: 'bad-proxy',
    message: `${variable.toUpperCase()} must be the address of an HTTP proxy; it is ${parsed === undefined ? 'no address' : hidePasswords(parsed.href)}.`,
    cure: `Set ${variable.toUpperCase()}=http://HOST:PORT, or unset it.`,
  });
}

function read(env: Environment, name: string): string {
  return (env[name] ?? env[name.toUpperCase()] ?? '').trim();
}

/** @param list hosts separated by commas: `localhost,.example.org,10.0.0.1:8080`; a host includes its subdomains; `*` means all */
function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list.split(/[\s,]+/).some((entry) => {
    const [, host = '', only = port] = /^(.+?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const bare = host.replace(/^\*?\./, '');
    if (bare === '' || only !== port) return false;
    return bare === '*' || url.hostname === bare || url.hostname.endsWith(`.${bare}`);
  });
}
