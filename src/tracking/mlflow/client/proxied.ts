import { request as plainly, type RequestOptions } from 'node:http';
import { request as securely } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { RequestFunction } from 'got';
import { proxyFor } from '../../../support/proxy.js';
import { basicOf } from './credentials.js';

/** What `got` needs to go through the proxy that the environment names for an address. */
export interface Route {
  readonly agent?: { readonly https: HttpsProxyAgent<string> };
  readonly request?: RequestFunction;
}

/** @throws ProblemError for a proxy of a kind that is not known (SOCKS) */
export function routeTo(url: URL, env: NodeJS.ProcessEnv): Route {
  const proxy = proxyFor(url, env);
  if (proxy === undefined) return {};
  const password = basicOf(proxy);
  const headers: Record<string, string> = password === undefined ? {} : { 'proxy-authorization': password };
  if (url.protocol === 'https:') return { agent: { https: new HttpsProxyAgent(bare(proxy).href, { headers }) } };
  return {
    request: (target, options) => askProxy(proxy, target, { ...options, headers: { ...options.headers, ...headers } }),
  };
}

/** Plain HTTP is asked of the proxy itself, by the whole address: many proxies refuse to tunnel it. */
function askProxy(proxy: URL, target: URL, options: RequestOptions) {
  const { hostname, port, protocol } = proxy;
  const headers = { ...(options.headers as Record<string, string>), host: target.host };
  const path = bare(target).href;
  const place = { protocol, hostname, host: hostname, port: port || undefined, path, agent: undefined };
  return (protocol === 'https:' ? securely : plainly)({ ...options, ...place, headers });
}

function bare(url: URL): URL {
  const address = new URL(url);
  address.username = address.password = address.hash = '';
  return address;
}
