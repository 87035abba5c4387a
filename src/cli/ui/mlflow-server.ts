import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { typeOfEntry } from '../../config/reference.js';
import { dropPasswords } from '../../support/passwords.js';
import { serverOf } from '../../tracking/mlflow/mlflow-options.js';
import type { Io } from '../io.js';
import { configOf } from '../tracked-run.js';
import type { Page, PagePlace } from './ui-page.js';
import { programFor } from './server-program.js';
import { addressOf, freePort, isFree, startServer, statusAt } from './server.js';

const LOCALHOST = '127.0.0.1';
const USUAL_PORT = 5000;
/** A folder among the runs; the leading dot marks it as no run. */
const DATA = '.mlflow';

/** The MLflow servers from the configs of runs and the environment. */
export async function configuredServers(runs: string, names: readonly string[], env: Io['env']): Promise<string[]> {
  const found = await Promise.all(names.map((name) => serverOfRun(join(runs, name), env)));
  const all = [env['MLFLOW_TRACKING_URI'], ...found].flatMap((server) => server ?? []);
  const servers = all.map((server) => dropPasswords(server).replace(/\/+$/, ''));
  return [...new Set(servers.filter((server) => /^https?:/.test(server) && URL.canParse(server)))];
}

/** Shows a server that responds; starts a local one that does not, at its address, with its data next to the runs. */
export async function openMlflow(server: string, place: PagePlace): Promise<Page | undefined> {
  const status = await statusAt(`${server}/health`, place.stop);
  if (status === 200) return { name: 'MLflow', address: server, text: 'it was running' };
  const at = placeOf(server);
  if (at === undefined || status !== undefined) {
    place.warn(`the MLflow server ${server} ${status === undefined ? 'does not answer' : `is not well: ${status}`}.`);
    return undefined;
  }
  if (!(await isFree(at.host, at.port).catch(() => false))) {
    place.warn(`no MLflow answers at ${server}, and none can be started there: another program has its port.`);
    return undefined;
  }
  return start({ ...at, address: server, text: `its data is in ${join(basename(place.runs), DATA)}` }, place);
}

/** A server that no run names yet: the one at the default address, or a new one at the next free port. */
export async function openOwnMlflow(place: PagePlace): Promise<Page> {
  const usual = addressOf(LOCALHOST, USUAL_PORT);
  const isThere = (await statusAt(`${usual}/health`, place.stop)) === 200;
  const port = isThere ? USUAL_PORT : await freePort(LOCALHOST, USUAL_PORT);
  const address = addressOf(LOCALHOST, port);
  const text = `for runs with tracking.mlflow: export MLFLOW_TRACKING_URI=${address}`;
  return isThere ? { name: 'MLflow', address, text } : start({ host: LOCALHOST, port, address, text }, place);
}

interface Start {
  readonly host: string;
  readonly port: number;
  readonly address: string;
  readonly text: string;
}

async function start({ host, port, address, text }: Start, place: PagePlace): Promise<Page> {
  const program = await programFor('mlflow', place);
  const data = join(place.runs, DATA);
  await mkdir(data, { recursive: true });
  const where = ['--host', host, '--port', String(port)];
  const store = ['--backend-store-uri', `sqlite:///${join(data, 'mlflow.db')}`];
  const files = ['--artifacts-destination', join(data, 'artifacts')];
  const server = await startServer({
    name: 'MLflow',
    command: [...program, 'server', ...where, ...store, ...files],
    address: `${addressOf(host, port)}/health`,
    env: { ...place.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    stop: place.stop,
  });
  return { name: 'MLflow', address, text, ...server };
}

/** The host and port of a local server; undefined for a remote or proxied one. */
function placeOf(server: string): { readonly host: string; readonly port: number } | undefined {
  const { hostname, port, protocol, pathname } = new URL(server);
  if (protocol !== 'http:' || pathname !== '/') return undefined;
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)) return undefined;
  return { host: hostname === 'localhost' ? LOCALHOST : hostname.replace(/[[\]]/g, ''), port: Number(port || 80) };
}

async function serverOfRun(runDir: string, env: Io['env']): Promise<string | undefined> {
  const config = await configOf(runDir).catch(() => undefined);
  const trackers = Object.entries(config?.tracking ?? {});
  const mlflow = trackers.find(([name, options]) => typeOfEntry(name, options) === 'mlflow');
  return mlflow === undefined ? undefined : serverOf(mlflow[1] as unknown as { readonly uri: string | null }, env);
}
