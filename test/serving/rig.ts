import type { TestContext } from 'node:test';
import { program } from '../../src/app/program.js';
import type { EngineEnd } from '../../src/serving/engine-process.js';
import type { ServedPlace } from '../../src/serving/protocol.js';
import { serve, type ServingOptions } from '../../src/serving/serve.js';
import type { SizeChoice } from '../../src/translation/request.js';
import { until, WITHIN } from '../until.js';

/** Serves bundles, with the real engine, until the test ends. @param bundles their folders, by the names of the models */
export function startServer(
  t: TestContext,
  bundles: Readonly<Record<string, string>>,
  options: Partial<ServingOptions> & { readonly size?: SizeChoice } = {},
) {
  const places = Object.entries(bundles).map(([name, dir]): ServedPlace => ({ place: { kind: 'bundle', dir }, given: name, name })); // prettier-ignore
  const stop = new AbortController();
  const stopNow = new AbortController();
  const seen = { address: '', isReady: false, deaths: 0, end: undefined as EngineEnd | undefined };
  const { size = 'keep', ...others } = options;
  const job = { places, size, limits: { pixels: 1e5, wholePixels: 1e5, batchDelay: 5 } } as const;
  const generous = {
    ...{ host: '127.0.0.1', port: 0, bodyLimit: 2 ** 20, connections: 300, queue: 300 },
    ...{ arrival: 30_000, timeout: WITHIN.process, grace: WITHIN.process },
    ...others,
  };
  const ended = serve(job, generous, program, {
    stop: stop.signal,
    stopNow: stopNow.signal,
    onListening: (address) => (seen.address = address),
    onReady: () => (seen.isReady = true),
    onEvent: () => undefined,
    onDeath: () => seen.deaths++,
    onImages: () => undefined,
  }).then((end) => (seen.end = end));
  t.after(async () => {
    stopNow.abort();
    await ended;
  });
  const ready = () =>
    until('the models', { within: WITHIN.process, look: () => seen.isReady, is: Boolean, unless: () => seen.end !== undefined }); // prettier-ignore
  const ask = async (path: string, body?: Uint8Array | string) => {
    const response = await fetch(seen.address + path, { ...(body !== undefined && { method: 'POST', body }) });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  return { seen, stop, ended, ready, ask };
}
