import { Agent as HttpAgent, request as plainly, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as securely } from 'node:https';
import { unescape } from 'node:querystring';
import type { Agents, RequestFunction } from 'got';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFor, type Environment } from './proxy.js';

/** Time before a host's next address is tried; Node's default of 250 ms is too short for a slow network. */
const CONNECTING = { autoSelectFamilyAttemptTimeout: 2000 } as const;
const DIRECT: Agents = {
  http: new HttpAgent({ ...CONNECTING, keepAlive: true }),
  https: new HttpsAgent({ ...CONNECTING, keepAlive: true }),
};

/** Options of `got` for an address, direct or through a proxy. */
export interface Route {
  readonly agent: Agents;
  readonly request?: RequestFunction;
}

/**
 * The route to an address, through its proxy in the environment, if any.
 *
 * @param unopened closes a connection to a proxy that the request does not use yet: destroying the request would not close it
 * @throws ProblemError for an unsupported proxy (SOCKS)
 */
export function routeTo(url: URL, env: Environment, unopened: AbortSignal): Route {
  const proxy = proxyFor(url, env);
  if (proxy === undefined) return { agent: DIRECT };
  const password = basic(proxy);
  const headers: Record<string, string> = password === undefined ? {} : { 'proxy-authorization': password };
  if (url.protocol === 'https:') {
    // The socket to the proxy takes a signal, which the agent's types leave out.
    const options: object = { ...CONNECTING, signal: unopened, headers };
    return { agent: { https: new HttpsProxyAgent(bare(proxy).href, options) } };
  }
  return {
    agent: DIRECT,
    request: (target, options) => askProxy(proxy, target, { ...options, headers: { ...options.headers, ...headers } }),
  };
}

/** The header's value for the user and password of an address. */
export function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  // Not decodeURIComponent, which throws on a literal percent sign.
  return basicOf(unescape(username), unescape(password));
}

export function basicOf(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** An address without user, password and hash; Node would send the password as a header. */
export function bare(url: URL): URL {
  const address = new URL(url);
  address.username = address.password = address.hash = '';
  return address;
}

/** Sends plain HTTP to the proxy with the whole address: many proxies refuse to tunnel it. */
function askProxy(proxy: URL, target: URL, options: RequestOptions) {
  const { hostname, port, protocol } = proxy;
  const headers = { ...(options.headers as Record<string, string>), host: target.host };
  const agent = protocol === 'https:' ? DIRECT.https : DIRECT.http;
  const place = { protocol, hostname, host: hostname, port: port || undefined, path: bare(target).href, agent };
  return (protocol === 'https:' ? securely : plainly)({ ...options, ...place, headers } as RequestOptions);
}
