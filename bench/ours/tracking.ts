/** Our contestant for what trackers cost: whole trainings by the command, told to TensorBoard and an MLflow server of its own, or to nobody. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { journalLines } from '../../src/pipeline/journal.js';
import type { TrackingTask } from '../protocol.js';
import { serve } from './serve.js';

const bin = fileURLToPath(new URL('../../src/cli/bin.js', import.meta.url));
/** Steps that are made before the clock starts: the first is slow, and kernels are made ready for. */
const SETTLE = 5;
const LOOK_MS = 100;

await serve(async (task) => {
  const { mlflow, epochs, stepsPerEpoch } = task as TrackingTask;
  await loadTensorFlow();
  const home = mkdtempSync(join(tmpdir(), 'runner-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  const server = mlflow === null ? undefined : await startMlflow(mlflow, home);
  writeFileSync(join(home, 'bench.yaml'), configOf(task as TrackingTask, server));
  let [trainings, peak] = [0, 0];

  /** @returns seconds for the steps that count */
  const train = async (): Promise<number> => {
    const runs = join(home, `runs-${++trainings}`);
    const args = [bin, 'run', 'bench.yaml', '--quiet', '--until', 'train', '--runs', runs];
    const child = spawn(process.execPath, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(child))), LOOK_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearInterval(watch);
    if (code !== 0) throw new Error(`runner run ended with ${code}: ${complaint.trim()}`);
    const seconds = secondsOf(runs, epochs * stepsPerEpoch);
    rmSync(runs, { recursive: true });
    return seconds;
  };
  return { facts: { ...(await engineVersions()), device: 'cpu' }, deeds: { train }, peakMb: () => peak };
});

function configOf({ case: { generator, size, batch }, epochs, stepsPerEpoch }: TrackingTask, server?: string): string {
  const pictures = stepsPerEpoch * batch;
  const config = {
    name: 'bench',
    dataset: { type: 'synthetic', train: pictures, test: 4, image_size: size, batch_size: batch },
    generator,
    train: { epochs, samples: 1, histogram_every: 1 },
    tracking: server === undefined ? { tensorboard: null } : { tensorboard: {}, mlflow: { uri: server } },
  };
  return JSON.stringify(config);
}

/** By the times at which the steps were told, which the journal has with and without trackers. */
function secondsOf(runs: string, last: number): number {
  const [name] = readdirSync(runs).filter((entry) => entry.startsWith('bench-'));
  const told = new Map<number, number>();
  for (const { kind, name: metric, step, time } of journalLines(join(runs, name!, 'journal.jsonl'))) {
    if (kind === 'metric' && metric === 'loss/G/total') told.set(step, time);
  }
  const [from, to] = [told.get(SETTLE), told.get(last)];
  if (from === undefined || to === undefined) throw new Error(`the journal lacks step ${SETTLE} or ${last}`);
  return (((to - from) / 1000) * last) / (last - SETTLE);
}

/** The most memory, in MB of 10^6 bytes, of the command's own process, which feeds the trackers; training is another process. */
function peakOf({ pid }: ChildProcess): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round((Number(kilobytes ?? 0) * 1024) / 1e6);
  } catch {
    return 0; // it has ended
  }
}

/** An MLflow server with an SQLite store and an artifact proxy, until this process ends. @returns its address */
async function startMlflow(python: string, home: string): Promise<string> {
  const port = await freePort();
  const dir = join(home, 'mlflow');
  mkdirSync(dir);
  const store = ['--backend-store-uri', `sqlite:///${join(dir, 'mlflow.db')}`];
  const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1', ...store];
  const log = openSync(join(dir, 'log'), 'a');
  const server = spawn(python, [...args, '--artifacts-destination', join(dir, 'artifacts')], {
    cwd: dir,
    stdio: ['ignore', log, log],
    // A group of its own, so that its workers end with it.
    detached: true,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
  });
  process.on('exit', () => {
    if (server.pid !== undefined && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  });
  const address = `http://127.0.0.1:${port}`;
  for (let waited = 0; waited < 120_000; waited += 200) {
    if ((await fetch(`${address}/health`).catch(() => undefined))?.ok === true) return address;
    if (server.exitCode !== null) break;
    await sleep(200);
  }
  throw new Error(`the MLflow server did not start: ${readFileSync(join(dir, 'log'), 'utf8').slice(-500)}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
