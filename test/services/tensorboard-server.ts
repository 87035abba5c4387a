import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until, WITHIN } from '../until.js';
import { servicesPython } from './python.js';

/**
 * Runs a real TensorBoard on a free port of this machine while `use` runs.
 *
 * @param more further arguments: with `--load_fast=false` its Python reads the files, not its data server in Rust
 */
export async function withTensorBoard<T>(
  logdir: string,
  use: (address: string) => Promise<T>,
  ...more: readonly string[]
): Promise<T> {
  const args = ['-m', 'tensorboard.main', '--logdir', logdir, '--host', '127.0.0.1', '--port', '0', ...more];
  const server = spawn(servicesPython(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  try {
    return await use(await addressOf(server.stderr));
  } finally {
    server.kill();
    await ended;
  }
}

async function addressOf(stderr: NodeJS.ReadableStream): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface(stderr)) {
    lines.push(line);
    const address = / at (http:\/\/\S+?)\/? /.exec(line)?.[1];
    if (address === undefined) continue;
    // A full pipe would stop the server.
    stderr.resume();
    return address;
  }
  throw new Error(`TensorBoard ended: ${lines.join('\n')}`);
}

/** Repeats a request until its response is as expected: TensorBoard reads its files from time to time. */
export async function fetchUntil<T>(url: string, isWanted: (answer: T) => boolean, body?: object): Promise<T> {
  const { text } = await until(`the wanted answer of ${url}`, {
    within: WITHIN.server,
    look: async () => {
      const found = await fetch(url, body && post(body));
      return { status: found.status, text: await found.text() };
    },
    is: ({ status, text }) => status === 200 && isWanted(JSON.parse(text) as T),
    every: 300,
  });
  return JSON.parse(text) as T;
}

function post(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
