import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peakMemory } from '../../src/pipeline/child/peak-memory.js';

export const SWEEP =
  'The overhead of a sweep over trials that do nothing, next to the same experiments by `runner run`.';

export interface SweepBench {
  readonly trials: number;
  readonly jobs: number;
  readonly log: (text: string) => void;
}

export interface SweepCosts {
  /** To resolve, validate and freeze one trial. */
  readonly freezeSeconds: number;
  /** Per trial and job: wall time multiplied by the number of jobs. */
  readonly trialSeconds: number;
  /** The same experiment by `runner run`, with the same number in parallel. */
  readonly runSeconds: number;
  /** `runner status` over all trials. */
  readonly statusSeconds: number;
  /** The same sweep again, when all trials are up to date. */
  readonly againSeconds: number;
  /** Peak memory of the command's own process, in MB. */
  readonly peakMb: number;
}

const bin = fileURLToPath(new URL('../../src/app/command.js', import.meta.url));
/** Enough runs for a mean. */
const RUNS = 20;

const PLUGIN = `export default { stage: { nothing: { summary: 'does nothing', schema: { properties: {} }, version: 1, scope: 'run', engine: false,
  reads: ['loss'], consumes: [], create: () => ({ run: async ({ config }) => ({ status: 'done', outputs: { metrics: { score: config.loss.lambda.forward } } }) }) } } };`;
const CONFIG = `{name: toy, plugins: [./nothing.mjs], tracking: {}, sweep: {metric: score},
  stages: {preprocess: null, train: null, evaluate: null, export: null, nothing: {}}}`;

/** @throws when a command fails */
export async function measureSweep({ trials, jobs, log }: SweepBench): Promise<SweepCosts> {
  const home = await mkdtemp(join(tmpdir(), 'runner-bench-'));
  try {
    await writeFile(join(home, 'nothing.mjs'), PLUGIN);
    await writeFile(join(home, 'toy.yaml'), CONFIG);
    const values = Array.from({ length: trials }, (_, i) => i + 1).join(',');
    const sweep = ['sweep', 'toy.yaml', '--set', `loss.lambda=${values}`, '--jobs', String(jobs)];
    log(`freezing ${trials} trials`);
    const freeze = await timed(home, [...sweep, '--dry-run']);
    log(`running them, ${jobs} at a time`);
    const all = await timed(home, sweep);
    const again = await timed(home, sweep);
    const status = await timed(home, ['status']);
    log(`running ${RUNS} by themselves`);
    const started = performance.now();
    const single = async (lane: number) => {
      for (let value = lane; value < RUNS; value += jobs) {
        await timed(home, ['run', 'toy.yaml', '--set', `loss.lambda=${value + 0.5}`, '--runs', 'others']);
      }
    };
    await Promise.all(Array.from({ length: jobs }, (_, lane) => single(lane)));
    return {
      freezeSeconds: freeze.seconds / trials,
      trialSeconds: ((all.seconds - again.seconds) * jobs) / trials,
      runSeconds: ((performance.now() - started) / 1000 / RUNS) * jobs,
      statusSeconds: status.seconds,
      againSeconds: again.seconds,
      peakMb: all.peakMb,
    };
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function timed(cwd: string, args: readonly string[]): Promise<{ seconds: number; peakMb: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [bin, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  const memory = peakMemory(child.pid);
  let errorOutput = '';
  child.stderr.on('data', (text: Buffer) => (errorOutput += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  memory.stop();
  if (code !== 0) throw new Error(`runner ${args[0]!} ended with ${code}: ${errorOutput.trim()}`);
  return { seconds: (performance.now() - started) / 1000, peakMb: (memory.peak() ?? 0) / 1e6 };
}
