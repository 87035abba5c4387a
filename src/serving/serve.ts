import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { StageEvent } from '../registry/kinds/stage-event.js';
import type { Program } from '../registry/program.js';
import type { Problem } from '../support/problem.js';
import { EngineProcess, type EngineEnd } from './engine-process.js';
import { createServer } from './http/create-server.js';
import { Metrics } from './http/metrics.js';
import type { ServerOptions } from './http/options.js';
import type { ServedModel, ServingJob } from './protocol.js';

/** Who started a server: hears of it, and stops it. */
export interface ServingWatch {
  /** Asks it to answer what it has, and to end. */
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** It listens; its models are still being loaded, and requests get 503. */
  readonly onListening: (address: string) => void;
  /** It translates. */
  readonly onReady: (models: readonly ServedModel[]) => void;
  readonly onEvent: (event: StageEvent) => void;
  /** The engine died, and is started again. */
  readonly onDeath: (problems: readonly Problem[], bug: string | undefined) => void;
  /** Another image was translated. */
  readonly onImages: (count: number) => void;
}

export interface ServingOptions extends ServerOptions {
  /** Requests that wait or are being answered. */
  readonly queue: number;
  /** How long requests in work may take when the server is stopped, in milliseconds. */
  readonly grace: number;
}

/**
 * Serves generators over HTTP until it is stopped. This process has the connections, another one the engine: while that computes, this one answers.
 *
 * @returns how it ended
 * @throws errors of listening, such as a port that is taken
 */
export async function serve(
  job: ServingJob,
  options: ServingOptions,
  program: Pick<Program, 'servingProcess'>,
  watch: ServingWatch,
): Promise<EngineEnd> {
  let isStopping = false;
  const engine = new EngineProcess(job, program, options, {
    onEvent: watch.onEvent,
    onDeath: (problems, bug) => {
      metrics.engineDied();
      watch.onDeath(problems, bug);
    },
  });
  const metrics = new Metrics(engine, watch.onImages);
  const app = await createServer({ engine, metrics, isStopping: () => isStopping }, options);
  await app.listen({ host: options.host, port: options.port });
  watch.onListening(addressOf(app));

  const stop = async () => {
    isStopping = true;
    const late = setTimeout(() => engine.kill(), options.grace);
    try {
      // No new connections; what has begun to arrive is still answered.
      const closed = app.close();
      await engine.stop();
      await closed;
    } finally {
      clearTimeout(late);
    }
  };
  watch.stop.addEventListener('abort', () => void stop());
  watch.stopNow.addEventListener('abort', () => engine.kill());
  if (watch.stop.aborted) void stop();
  let wasReady = false;
  const end = await engine.run(() => {
    if (!wasReady) watch.onReady(engine.models);
    wasReady = true;
  });
  app.server.closeAllConnections();
  await app.close();
  return end;
}

function addressOf(app: FastifyInstance): string {
  const { address, family, port } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
