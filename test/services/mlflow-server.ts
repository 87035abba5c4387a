import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../rig.js';
import { until, WITHIN } from '../until.js';

/** A real MLflow server on this machine, with an SQLite store and an artifact proxy in a temporary folder. */
export interface MlflowServer {
  readonly uri: string;
  /** The folder of uploaded files. */
  readonly artifacts: string;
  /** The server's Python, with MLflow's own client. */
  readonly python: string;
  /** Kills the server, as in a crash; its data stays. */
  stop(): Promise<void>;
  /** Starts the server again, on the same port and store. */
  start(): Promise<void>;
}

export interface ServerOptions {
  /** The server requires this password of the user `admin`. */
  readonly password?: string;
  /** Further options of `mlflow server`. */
  readonly args?: readonly string[];
}

/** Runs an MLflow server on a free port while `use` runs. */
export async function withMlflow<T>(
  use: (server: MlflowServer) => Promise<T>,
  options: ServerOptions = {},
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'mlflow-server-'));
  const port = await freePort();
  const uri = `http://127.0.0.1:${port}`;
  let running: ChildProcess | undefined;
  const stop = async () => {
    if (running === undefined) return;
    await end(running);
    running = undefined;
  };
  const start = async () => {
    running = spawnServer(dir, port, options);
    await healthy(uri, running, join(dir, 'log'));
  };
  try {
    await start();
    return await use({ uri, artifacts: join(dir, 'artifacts'), python: mlflowPython(), stop, start });
  } finally {
    await stop();
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * The Python with MLflow that test/services/run installs.
 * @throws when the tests were started in another way, because a skipped test must not look like a passed one
 */
export function mlflowPython(): string {
  const python = process.env['RUNNER_SERVICES_MLFLOW'];
  if (!python) throw new Error('RUNNER_SERVICES_MLFLOW is not set: start these tests with `npm run test:services`.');
  return python;
}

function spawnServer(dir: string, port: number, { password, args = [] }: ServerOptions): ChildProcess {
  const store = ['--backend-store-uri', `sqlite:///${join(dir, 'mlflow.db')}`];
  const files = args.includes('--no-serve-artifacts') ? [] : ['--artifacts-destination', join(dir, 'artifacts')];
  const users = password === undefined ? [] : ['--app-name', 'basic-auth'];
  const binding = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const log = openSync(join(dir, 'log'), 'a');
  const server = spawn(mlflowPython(), ['-m', 'mlflow', 'server', ...binding, ...store, ...files, ...users, ...args], {
    cwd: dir,
    stdio: ['ignore', log, log],
    // In its own process group, so that the server's workers end with it.
    detached: true,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', ...usersIn(dir, password) },
  });
  process.once('exit', () => endGroup(server));
  return server;
}

/** MLflow has no default password. */
function usersIn(dir: string, password: string | undefined): Record<string, string> {
  if (password === undefined) return {};
  const config = join(dir, 'auth.ini');
  const lines = [
    '[mlflow]',
    'default_permission = READ',
    `database_uri = sqlite:///${join(dir, 'auth.db')}`,
    'admin_username = admin',
    `admin_password = ${password}`,
    'authorization_function = mlflow.server.auth:authenticate_request_basic_auth',
  ];
  writeFileSync(config, lines.join('\n'));
  return { MLFLOW_AUTH_CONFIG_PATH: config, MLFLOW_FLASK_SERVER_SECRET_KEY: 'only-a-test' };
}

async function healthy(uri: string, server: ChildProcess, log: string): Promise<void> {
  try {
    await until(`the MLflow server at ${uri}`, {
      within: WITHIN.server,
      look: async () => ({ ok: await isAnswering(`${uri}/health`), log: readFileSync(log, 'utf8').slice(-3000) }),
      is: ({ ok }) => ok,
      unless: () => server.exitCode !== null,
      every: 200,
    });
  } catch (error) {
    await end(server);
    throw error;
  }
}

/** Whether a server responds with success. */
export async function isAnswering(address: string): Promise<boolean> {
  return fetch(address).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function end(server: ChildProcess): Promise<void> {
  const ended = server.exitCode !== null || server.signalCode !== null ? undefined : once(server, 'exit');
  endGroup(server);
  await ended;
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
