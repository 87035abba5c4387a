/**
 * Our contestant for the cost of trackers: whole trainings by the command, with TensorBoard and its own MLflow server, or without trackers.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addressOf, freePort, startServer } from '../../src/cli/ui/server.js';
import { engineVersions, loadTensorFlow } from '../../src/engine/native.js';
import { peakMemory } from '../../src/pipeline/child/peak-memory.js';
import { journalLines } from '../../src/pipeline/journal.js';
import type { TrackingTask } from '../protocol.js';
import { serve } from './serve.js';

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
/** Steps before the timing starts: the first ones are slow, because kernels are prepared. */
const WARMUP_STEPS = 5;

await serve(async (task) => {
  const { mlflow, epochs, stepsPerEpoch } = task as TrackingTask;
  await loadTensorFlow();
  const home = mkdtempSync(join(tmpdir(), 'runner-bench-'));
  process.on('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  const server = mlflow === null ? undefined : await startMlflow(mlflow, home);
  writeFileSync(join(home, 'bench.yaml'), configOf(task as TrackingTask, server));
  let trainings = 0;
  // Peak memory in bytes of the command's process, which feeds the trackers; training is another process.
  let peak = 0;

  /** @returns seconds for the timed steps */
  const train = async (): Promise<number> => {
    const runs = join(home, `runs-${++trainings}`);
    const args = [bin, 'run', 'bench.yaml', '--quiet', '--until', 'train', '--runs', runs];
    const child = spawn(process.execPath, args, { cwd: home, stdio: ['ignore', 'ignore', 'pipe'] });
    let errorOutput = '';
    child.stderr.on('data', (text: Buffer) => (errorOutput += text.toString()));
    const memory = peakMemory(child.pid);
    const [code] = (await once(child, 'close')) as [number | null];
    memory.stop();
    peak = Math.max(peak, memory.peak() ?? 0);
    if (code !== 0) throw new Error(`runner run ended with ${code}: ${errorOutput.trim()}`);
    const seconds = secondsOf(runs, epochs * stepsPerEpoch);
    rmSync(runs, { recursive: true });
    return seconds;
  };
  const { tensorflow, tfjs, node } = await engineVersions();
  return {
    facts: { tensorflow, tfjs, node, device: 'cpu' },
    actions: { train },
    peakMb: () => Math.round(peak / 1e6),
  };
});

function configOf({ case: benchCase, epochs, stepsPerEpoch }: TrackingTask, server?: string): string {
  const { generator, discriminator, identity, size, batch } = benchCase;
  const images = stepsPerEpoch * batch;
  const config = {
    name: 'bench',
    dataset: { type: 'synthetic', train: images, test: 4, image_size: size, batch_size: batch },
    generator,
    discriminator,
    loss: { identity },
    train: { epochs, samples: 1, histogram_every: 1 },
    tracking: server === undefined ? { tensorboard: null } : { tensorboard: {}, mlflow: { uri: server } },
  };
  return JSON.stringify(config);
}

/** Computed from the times of the steps in the journal, which exists with and without trackers. */
function secondsOf(runs: string, last: number): number {
  const [name] = readdirSync(runs).filter((entry) => entry.startsWith('bench-'));
  const times = new Map<number, number>();
  for (const { kind, name: metric, step, time } of journalLines(join(runs, name!, 'journal.jsonl'))) {
    if (kind === 'metric' && metric === 'loss/G/total') times.set(step, time);
  }
  const [from, to] = [times.get(WARMUP_STEPS), times.get(last)];
  if (from === undefined || to === undefined) throw new Error(`the journal lacks step ${WARMUP_STEPS} or ${last}`);
  return (((to - from) / 1000) * last) / (last - WARMUP_STEPS);
}

/** Starts an MLflow server with an SQLite store and an artifact proxy, which ends with this process. @returns its address */
async function startMlflow(python: string, home: string): Promise<string> {
  const host = '127.0.0.1';
  const port = await freePort(host, 5100);
  const binding = ['--host', host, '--port', String(port), '--workers', '1'];
  const store = ['--backend-store-uri', `sqlite:///${join(home, 'mlflow.db')}`];
  const files = ['--artifacts-destination', join(home, 'artifacts')];
  const address = addressOf(host, port);
  await startServer({
    name: 'MLflow',
    command: [python, '-m', 'mlflow', 'server', ...binding, ...store, ...files],
    address: `${address}/health`,
    env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true' },
    stop: new AbortController().signal,
  });
  return address;
}
