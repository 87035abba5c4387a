import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { until, WITHIN } from '../until.js';
import { servicesPython } from './python.js';

/**
 * A real TensorBoard on a free port of this machine, for as long as `use` takes.
 *
 * @param more of its arguments: with `--load_fast=false` its Python reads the files, without its data server in Rust
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
  const said: string[] = [];
  for await (const line of createInterface(stderr)) {
    said.push(line);
    const address = / at (http:\/\/\S+?)\/? /.exec(line)?.[1];
    if (address === undefined) continue;
    // A full pipe would stop the server.
    stderr.resume();
    return address;
  }
  throw new Error(`TensorBoard ended: ${said.join('\n')}`);
}

/** Asks until the answer is as wanted: TensorBoard reads its files now and then, and does not know of what it has not read. */
export async function answer<T>(url: string, isWanted: (answer: T) => boolean, body?: object): Promise<T> {
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
