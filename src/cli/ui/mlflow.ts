import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { serverOf } from '../../tracking/mlflow/options.js';
import { dropPasswords } from '../../support/passwords.js';
import { configOf } from '../tracked-run.js';
import type { Io } from '../io.js';
import type { Page, Place } from './page.js';
import { programFor } from './program.js';
import { addressOf, freePort, isFree, isUp, startServer } from './server.js';

const USUAL_PORT = 5000;
export const LOCAL_MLFLOW = addressOf('127.0.0.1', USUAL_PORT);

/** The servers that runs are told to, by their configs, or by the environment. */
export async function configuredServers(runs: string, names: readonly string[], env: Io['env']): Promise<string[]> {
  const found = await Promise.all(names.map((name) => serverOfRun(join(runs, name), env)));
  const all = [env['MLFLOW_TRACKING_URI'], ...found].filter(
    (server) => server !== undefined && /^https?:/.test(server),
  );
  return [...new Set(all.map((server) => dropPasswords(server!).replace(/\/+$/, '')))];
}

/** A server that answers is shown; one of this machine that does not is started, with its data beside the runs. */
export async function openMlflow(server: string, place: Place): Promise<Page | undefined> {
  if (await isUp(`${server}/health`, place.stop)) return { name: 'MLflow', address: server, text: 'it was running' };
  const { hostname, port: named, protocol } = new URL(server);
  if (protocol !== 'http:' || !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) {
    place.warn(`the MLflow server ${server} does not answer.`);
    return undefined;
  }
  const wanted = Number(named || 80);
  if (server !== LOCAL_MLFLOW && !(await isFree('127.0.0.1', wanted))) {
    place.warn(`something else than MLflow answers at ${server}.`);
    return undefined;
  }
  const port = await freePort('127.0.0.1', wanted);
  return start(port, place);
}

async function start(port: number, place: Place): Promise<Page> {
  const program = await programFor('mlflow', place);
  const data = join(place.runs, '.mlflow');
  await mkdir(data, { recursive: true });
  const address = addressOf('127.0.0.1', port);
  const command = [...program, 'server', '--host', '127.0.0.1', '--port', String(port)] as const;
  const store = ['--backend-store-uri', `sqlite:///${join(data, 'mlflow.db')}`];
  const files = ['--artifacts-destination', join(data, 'artifacts')];
  const server = await startServer({
    name: 'MLflow',
    command: [...command, ...store, ...files],
    address: `${address}/health`,
    env: { ...place.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    stop: place.stop,
  });
  return { name: 'MLflow', address, text: `runs are told to it with MLFLOW_TRACKING_URI=${address}`, ...server };
}

async function serverOfRun(runDir: string, env: Io['env']): Promise<string | undefined> {
  const config = await configOf(runDir).catch(() => undefined);
  const mlflow = config?.tracking['mlflow'];
  return mlflow === undefined ? undefined : serverOf(mlflow as { readonly uri: string | null }, env);
}
