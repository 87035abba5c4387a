import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Problem, ProblemError } from '../../support/problem.js';
import type { Io } from '../io.js';

export interface ServerOptions {
  readonly name: string;
  readonly command: readonly [file: string, ...args: string[]];
  /** Asked until it answers. */
  readonly address: string;
  readonly env: Io['env'];
  readonly stop: AbortSignal;
}

export interface Server {
  /** Settles when it ends by itself. */
  readonly died: Promise<Problem>;
  /** Ends it and all that it has started. */
  readonly close: () => Promise<void>;
}

const PATIENCE_MS = 120_000;
const GRACE_MS = 5000;
const LAST_LINES = 8;

/**
 * A server in a process group of its own. Its standard input stays open as long as this process lives: at its end, however this process has
 * ended, the whole group is ended.
 */
const GUARD = `
exec 3<&0
(cat <&3 >/dev/null; kill -TERM 0) >/dev/null 2>&1 & watch=$!
"$@" </dev/null 3<&- & server=$!
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

/**
 * Starts a server and waits until it answers.
 *
 * @throws ProblemError when it ends, or does not answer within two minutes; the signal's reason
 */
export async function startServer({ name, command, address, env, stop }: ServerOptions): Promise<Server> {
  stop.throwIfAborted();
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...env },
  });
  const lines = lastLinesOf(child);
  const ended = new Promise<Problem>((resolve) => {
    child.on('error', (error) =>
      resolve({ code: 'server-ended', message: `${name} cannot be started: ${error.message}.` }),
    );
    child.on('close', (code, signal) => resolve(hasEnded(name, code ?? signal, lines())));
  });
  const close = () => end(child);
  const asking = new AbortController();
  try {
    const dead = await Promise.race([answers(address, AbortSignal.any([stop, asking.signal])), ended]);
    if (dead !== undefined) throw new ProblemError(dead);
  } catch (error) {
    await close();
    throw error;
  } finally {
    asking.abort();
  }
  return { died: ended, close };
}

/** A port that nobody listens at: the first one from `from` on. */
export async function freePort(host: string, from: number): Promise<number> {
  for (let port = from; port < Math.min(65536, from + 100); port++) if (await isFree(host, port)) return port;
  throw new ProblemError({
    code: 'no-port',
    message: `Every port from ${from} on is taken.`,
    cure: 'Choose one: --port.',
  });
}

export async function isFree(host: string, port: number): Promise<boolean> {
  // Something may listen at all addresses, which does not hinder listening at one.
  if (await somebodyListens(reachable(host), port)) return false;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** Where a server that listens at `host` can be asked from here. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

export function addressOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether a server answers well at an address, now. */
export async function isUp(address: string, signal?: AbortSignal): Promise<boolean> {
  const patience = AbortSignal.timeout(3000);
  const any = signal === undefined ? patience : AbortSignal.any([signal, patience]);
  return fetch(address, { signal: any }).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function answers(address: string, stop: AbortSignal): Promise<Problem | undefined> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isUp(address, stop))) {
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

function lastLinesOf(child: ChildProcess): () => string[] {
  let text = '';
  const keep = (more: Buffer) => void (text = (text + more.toString()).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text.trim().split('\n').slice(-LAST_LINES);
}

function hasEnded(name: string, how: string | number | null, lines: readonly string[]): Problem {
  const said = lines.filter((line) => line !== '').map((line) => `\n    ${line}`);
  return {
    code: 'server-ended',
    message: `${name} has ended by itself (${how}).${said.length === 0 ? '' : ` Its last words:${said.join('')}`}`,
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'close');
  signalGroup(child.pid, 'SIGTERM');
  const late = setTimeout(() => signalGroup(child.pid!, 'SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(late);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // It has ended.
  }
}
