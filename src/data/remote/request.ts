import { Agent as HttpAgent, request as plainly, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as securely } from 'node:https';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyFor } from '../../support/proxy.js';
import { basic } from './address.js';

/**
 * How long a machine's first address may keep silent before its next one is tried; Node's own 250 ms are too few for a slow line.
 *
 * Connections are not kept for later requests: a download is one long answer, and nothing is left that keeps the process alive.
 */
const CONNECTING = { autoSelectFamilyAttemptTimeout: 2000, keepAlive: false } as const;
const http = new HttpAgent(CONNECTING);
const https = new HttpsAgent(CONNECTING);

type Headers = Readonly<Record<string, string>>;

/**
 * A GET that is on its way, through the proxy that the environment names for the address.
 *
 * @param unopened lets go of a connection to a proxy on which the request has not been put yet: destroying the request does not reach that
 */
export function requestTo(url: URL, headers: Headers, unopened: AbortSignal): ClientRequest {
  const proxy = proxyFor(url);
  if (proxy === undefined) return get(url, headers);
  if (url.protocol === 'http:') return askProxy(proxy, url, headers);
  return securely(bare(url), { headers, agent: tunnel(proxy, unopened) }).end();
}

function get(url: URL, headers: Headers): ClientRequest {
  const secure = url.protocol === 'https:';
  const options = { headers, agent: secure ? https : http };
  return (secure ? securely : plainly)(bare(url), options).end();
}

/** Plain HTTP is asked of the proxy itself, by the whole address: many proxies refuse to tunnel it. */
function askProxy(proxy: URL, url: URL, headers: Headers): ClientRequest {
  const password = basic(proxy);
  const told = { ...headers, host: url.host, ...(password === undefined ? {} : { 'proxy-authorization': password }) };
  const secure = proxy.protocol === 'https:';
  const options = { headers: told, agent: secure ? https : http, path: bare(url).href };
  return (secure ? securely : plainly)(bare(proxy), options).end();
}

function tunnel(proxy: URL, unopened: AbortSignal): HttpsProxyAgent<string> {
  // The socket to the proxy takes a signal, which the agent's types leave out.
  const password = basic(proxy);
  const headers = password === undefined ? {} : { 'proxy-authorization': password };
  const options: object = { ...CONNECTING, signal: unopened, headers };
  return new HttpsProxyAgent(bare(proxy).href, options);
}

/** Without what is no part of a request; Node would make a header of the password by itself. */
function bare(url: URL): URL {
  const address = new URL(url);
  address.username = address.password = address.hash = '';
  return address;
}
