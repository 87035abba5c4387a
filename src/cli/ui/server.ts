import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../support/deadline.js';
import { errorCode } from '../../support/files.js';
import { type Problem, ProblemError } from '../../support/problem.js';
import type { Io } from '../io.js';
import { type ProcessEnding, startGroup } from './process-group.js';
import type { Command } from './server-program.js';

export interface ServerOptions {
  readonly name: string;
  readonly command: Command;
  /** Polled until it responds. */
  readonly address: string;
  readonly env: Io['env'];
  readonly stop: AbortSignal;
}

export interface Server {
  /** Settles when it ends unexpectedly. */
  readonly died: Promise<Problem>;
  /** Ends it and its child processes. */
  readonly close: () => Promise<void>;
}

const PATIENCE_MS = 120_000;
const ANSWER_MS = 3000;

/**
 * Starts a server and waits until it responds.
 *
 * @throws ProblemError if it ends, or does not respond within two minutes; the signal's reason
 */
export async function startServer({ name, command, address, env, stop }: ServerOptions): Promise<Server> {
  stop.throwIfAborted();
  const { ended, close } = startGroup(command, env);
  const died = ended.then((ending) => hasEnded(name, ending));
  const asking = new AbortController();
  try {
    const dead = await Promise.race([answers(address, AbortSignal.any([stop, asking.signal])), died]);
    if (dead !== undefined) throw new ProblemError(dead);
  } catch (error) {
    await close();
    throw error;
  } finally {
    asking.abort();
  }
  return { died, close };
}

/** The first free port from `from` on. @throws ProblemError as isFree does */
export async function freePort(host: string, from: number): Promise<number> {
  for (let port = from; port < Math.min(65536, from + 100); port++) if (await isFree(host, port)) return port;
  throw new ProblemError({
    code: 'no-port',
    message: `Every port from ${from} on is taken.`,
    cure: 'Choose one: --port.',
  });
}

/** @throws ProblemError if this machine has no such address, or the user may not listen on the port */
export async function isFree(host: string, port: number): Promise<boolean> {
  // A program that listens on all addresses does not prevent listening on one of them.
  if (await somebodyListens(reachable(host), port)) return false;
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error) => resolve(errorCode(error) ?? 'unknown'));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined || code === 'EADDRINUSE') return code === undefined;
  const permitted = code !== 'EACCES';
  throw new ProblemError({
    code: permitted ? 'bad-host' : 'port-refused',
    message: permitted
      ? `This machine has no address ${host} to listen at (${code}).`
      : `You may not listen at port ${port}.`,
    cure: permitted
      ? '--host 127.0.0.1 is for this machine alone, --host 0.0.0.0 for the whole network.'
      : 'Choose a port from 1024 on.',
  });
}

/** @param cure what to do about it */
export function portTaken(port: number, cure: string): Problem {
  return { code: 'port-taken', message: `Port ${port} is taken: another program listens there.`, cure };
}

/** The host to connect to for a server that listens on `host`. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

export function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The HTTP status of an address; undefined without a response. */
export async function statusAt(address: string, signal: AbortSignal): Promise<number | undefined> {
  const ask = (limited: AbortSignal) => fetch(address, { signal: limited }).then(({ status }) => status);
  return withDeadline(ANSWER_MS, signal, ask).catch(() => undefined);
}

async function answers(address: string, stop: AbortSignal): Promise<Problem | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  while ((await statusAt(address, stop)) !== 200) {
    await sleep(200, undefined, { signal: stop });
    if (performance.now() > deadline)
      return {
        code: 'no-answer',
        message: `${address} does not answer within two minutes.`,
        cure: 'Try again when the machine is less busy.',
      };
  }
  return undefined;
}

function somebodyListens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (listens: boolean) => {
      socket.destroy();
      resolve(listens);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

function hasEnded(name: string, { how, lines }: ProcessEnding): Problem {
  const said = lines.map((line) => `\n    ${line}`);
  return {
    code: 'server-ended',
    message: `${name} has ended by itself (${how}).${said.length === 0 ? '' : ` Its last words:${said.join('')}`}`,
  };
}
