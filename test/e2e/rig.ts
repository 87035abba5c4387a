import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until, WITHIN } from '../until.js';

/** The command as users type it, which `npm test` has built. */
const runner = fileURLToPath(new URL('../../../runner', import.meta.url));
/** What it hands over to when everything is set up. */
const bin = fileURLToPath(new URL('../../../dist/app/command.js', import.meta.url));

/** As small as an experiment gets: 8 steps an epoch, some 30 ms each. */
const TINY = `
name: tiny
dataset: {type: synthetic, train: 8, test: 2, image_size: 16}
generator: {type: unet, width: 4}
discriminator: {type: patchgan, width: 4, layers: 1}
train: {epochs: 3, checkpoint_every: 1, samples: 1}
evaluate: {samples: 1}
export: {formats: [saved-model, tfjs, weights]}
`;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A temporary folder with a tiny experiment, and the real command to run in it. */
export class Experiment {
  /** Of the command, besides the test's own. A cache of its own must not be the place of the engine, which all tests share. */
  readonly env: Record<string, string> = {};

  constructor(readonly dir: string) {}

  static async create(config = TINY): Promise<Experiment> {
    const experiment = new Experiment(await mkdtemp(join(tmpdir(), 'experiment-')));
    await writeFile(join(experiment.dir, 'tiny.yaml'), config);
    return experiment;
  }

  /** Starts `runner ...`; `ended` settles when it is gone. */
  start(...args: readonly string[]): { readonly process: ChildProcess; readonly ended: Promise<Finished> } {
    const [command, first] = 'XDG_CACHE_HOME' in this.env ? [process.execPath, [bin]] : [runner, []];
    const env = { ...process.env, ...this.env };
    const child = spawn(command, [...first, ...args], { cwd: this.dir, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    let end: Pick<Finished, 'code' | 'signal'> | undefined;
    child.on('close', (code, signal) => (end = { code, signal }));
    const wait = { within: WITHIN.command, look: () => stdout + stderr, is: () => end !== undefined };
    const ended = until(`the end of ${args.join(' ')}`, wait).then(
      () => ({ ...end!, stdout, stderr }),
      (error: unknown) => {
        child.kill('SIGKILL');
        throw error;
      },
    );
    return { process: child, ended };
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).ended;
  }

  async runDirs(): Promise<string[]> {
    const runs = join(this.dir, 'runs');
    if (!existsSync(runs)) return [];
    return (await readdir(runs)).filter((name) => name.startsWith('tiny')).map((name) => join(runs, name));
  }

  /** The folder of the one run there is. */
  async runDir(): Promise<string> {
    const dirs = await this.runDirs();
    if (dirs.length !== 1) throw new Error(`expected one run, found ${dirs.length}: ${dirs.join(', ')}`);
    return dirs[0]!;
  }

  /** Waits until training has a checkpoint of at least this step. */
  async checkpointOf(step: number): Promise<void> {
    const checkpointsOf = (dir: string) => readdir(join(dir, 'train', 'checkpoints')).catch(() => []);
    await until(`a checkpoint of step ${step}`, {
      within: WITHIN.training,
      look: async () => (await Promise.all((await this.runDirs()).map(checkpointsOf))).flat(),
      is: (names) => names.some((name) => Number(/^step-(\d+)$/.exec(name)?.[1]) >= step),
    });
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The checksum of all the networks' and optimizers' tensors in a run's newest checkpoint. */
export async function finalWeights(runDir: string): Promise<string> {
  const checkpoints = join(runDir, 'train', 'checkpoints');
  const newest = (await readdir(checkpoints))
    .filter((name) => name.startsWith('step-'))
    .sort()
    .at(-1)!;
  const data = await readFile(join(checkpoints, newest, 'variables.data-00000-of-00001'));
  return createHash('sha256').update(data).digest('hex');
}

export interface JournalEntry {
  readonly kind: string;
  readonly name?: string;
  readonly step?: number;
  readonly value?: number;
}

export async function journal(runDir: string): Promise<JournalEntry[]> {
  const text = await readFile(join(runDir, 'journal.jsonl'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Ids of the living processes that work in a folder. */
export async function processesOf(dir: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const folders = await Promise.all(ids.map((id) => readlink(`/proc/${id}/cwd`).catch(() => '')));
  return ids.filter((_, i) => folders[i] === dir);
}

/** Waits until no process works in a folder any more. */
export async function allProcessesEnded(dir: string): Promise<void> {
  await until('the end of all processes', {
    within: WITHIN.process,
    look: () => processesOf(dir),
    is: (processes) => processes.length === 0,
  });
}
