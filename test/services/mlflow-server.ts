import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../rig.js';
import { until, WITHIN } from '../until.js';

/** A real MLflow server of this machine, with an SQLite store and an artifact proxy in a temporary folder. */
export interface MlflowServer {
  readonly uri: string;
  /** Where it keeps the files that are sent through it. */
  readonly artifacts: string;
  /** For Python's MLflow client, for example. */
  readonly python: string;
  /** Ends it at once, as a crash does; what it has stays. */
  stop(): Promise<void>;
  /** Starts it again, on the same port and store. */
  start(): Promise<void>;
}

export interface ServerOptions {
  /** Asks for this password of the user `admin`. */
  readonly password?: string;
  /** More of `mlflow server`'s options. */
  readonly args?: readonly string[];
}

/** An MLflow server on a free port, for as long as `use` takes. */
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
 * The Python that test/services/run has set up, with MLflow.
 * @throws when the tests were started in another way: what is not tried must not look like what works
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
  const where = ['--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  const log = openSync(join(dir, 'log'), 'a');
  const server = spawn(mlflowPython(), ['-m', 'mlflow', 'server', ...where, ...store, ...files, ...users, ...args], {
    cwd: dir,
    stdio: ['ignore', log, log],
    // A group of its own: the server's workers end with it.
    detached: true,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', ...usersIn(dir, password) },
  });
  process.once('exit', () => endGroup(server));
  return server;
}

/** MLflow ships no password of its own. */
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

/** Whether somebody answers there, and says that all is well. */
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
