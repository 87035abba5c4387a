import { Agent, ProxyAgent, type Dispatcher } from 'undici';
import type { Patience } from './patience.js';
import { proxyFor } from './proxy.js';

/** The open connections of one download: direct ones, and those through the environment's proxies. */
export class Connections {
  readonly #dispatchers = new Map<string, Dispatcher>();

  constructor(readonly patience: Patience) {}

  /** What to send a request to `url` through. */
  to(url: URL): Dispatcher {
    const proxy = proxyFor(url);
    const key = proxy?.href ?? '';
    const dispatcher = this.#dispatchers.get(key) ?? this.#open(proxy);
    this.#dispatchers.set(key, dispatcher);
    return dispatcher;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
  }

  #open(proxy: URL | undefined): Dispatcher {
    const { connect, stall } = this.patience;
    const timeouts = { headersTimeout: stall, bodyTimeout: stall };
    const timeout = { timeout: connect };
    if (proxy === undefined) return new Agent({ ...timeouts, connect: timeout });
    return new ProxyAgent({ ...timeouts, uri: proxy.href, proxyTunnel: false, requestTls: timeout, proxyTls: timeout });
  }
}
