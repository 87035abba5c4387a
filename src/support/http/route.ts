import { Agent as HttpAgent, request as plainly, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as securely } from 'node:https';
import { unescape } from 'node:querystring';
import type { Agents, RequestFunction } from 'got';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFor, type Environment } from './proxy.js';

/** How long a machine's first address may keep silent before its next one is tried; Node's own 250 ms are too few for a slow line. */
const CONNECTING = { autoSelectFamilyAttemptTimeout: 2000 } as const;
const DIRECT: Agents = {
  http: new HttpAgent({ ...CONNECTING, keepAlive: true }),
  https: new HttpsAgent({ ...CONNECTING, keepAlive: true }),
};

/** What `got` needs to reach an address, directly or through a proxy. */
export interface Route {
  readonly agent: Agents;
  readonly request?: RequestFunction;
}

/**
 * The way to an address, through the proxy that the environment names for it.
 *
 * @param unopened lets go of a connection to a proxy on which the request has not been put yet: destroying the request does not reach that
 * @throws ProblemError for a proxy of a kind that is not known (SOCKS)
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

/** The header's value for a user and password that an address carries. */
export function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  // Not decodeURIComponent, which throws when a percent sign stands for itself.
  return basicOf(unescape(username), unescape(password));
}

export function basicOf(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** Without what is no part of a request; Node would make a header of the password by itself. */
export function bare(url: URL): URL {
  const address = new URL(url);
  address.username = address.password = address.hash = '';
  return address;
}

/** Plain HTTP is asked of the proxy itself, by the whole address: many proxies refuse to tunnel it. */
function askProxy(proxy: URL, target: URL, options: RequestOptions) {
  const { hostname, port, protocol } = proxy;
  const headers = { ...(options.headers as Record<string, string>), host: target.host };
  const agent = protocol === 'https:' ? DIRECT.https : DIRECT.http;
  const place = { protocol, hostname, host: hostname, port: port || undefined, path: bare(target).href, agent };
  return (protocol === 'https:' ? securely : plainly)({ ...options, ...place, headers } as RequestOptions);
}
