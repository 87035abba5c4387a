import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { program } from '../src/app/program.js';
import type { Config } from '../src/registry/config.js';
import type { RunnerEvent } from '../src/pipeline/runner-events.js';
import { runExperiment } from '../src/pipeline/run-experiment.js';
import type { RunOutcome } from '../src/pipeline/run-outcome.js';
import type { RunRequest } from '../src/pipeline/run-request.js';
import { builtins } from '../src/app/builtins.js';
import type { Components } from '../src/registry/kinds.js';
import type { StageComponent, StageContext, StageResult } from '../src/registry/kinds/stage.js';
import type { JsonObject } from '../src/support/json.js';
import { until, WITHIN } from './until.js';

type Changes = { readonly [K in keyof Config]?: Config[K] };

/** A resolved config with small, plain values; `stages` is usually what a test changes. */
export function config(changes: Changes = {}): Config {
  return {
    name: 'toy',
    seed: 1,
    plugins: [],
    dataset: {
      type: 'synthetic',
      image_size: 16,
      load_size: 18,
      interpolation: 'nearest',
      flip: true,
      shuffle_buffer: 10,
      batch_size: 1,
      epoch: 'shortest',
      limit: null,
      validation_share: 0,
      validation_seed: 0,
      on_bad_image: 'skip',
      max_bad: 1,
    },
    method: { type: 'cyclegan', pool: 0 },
    generator: { type: 'unet' },
    discriminator: { type: 'patchgan' },
    loss: { adversarial: 'bce', lambda: { forward: 10, backward: 10 }, identity: 0.5 },
    optimizer: { type: 'adam', learning_rate: 0.0002 },
    schedule: { type: 'constant' },
    train: {
      epochs: 2,
      checkpoint_every: 1,
      keep: 5,
      sample_every: 1,
      sample_every_steps: null,
      samples: 1,
      histogram_every: null,
    },
    engine: { mode: 'eager', precision: 'float32' },
    evaluate: { samples: 1, metrics: [] },
    export: { formats: [], image_sizes: [16], directions: ['AtoB'] },
    launcher: { type: 'local', jobs: null },
    tracking: {},
    stages: {
      prepare: { type: 'prepare', needs: [] },
      learn: { type: 'learn', needs: ['prepare'] },
      judge: { type: 'judge', needs: ['learn'] },
    },
    ...changes,
  };
}

/** A stage that does nothing much, for tests to change. */
export function stage(
  changes: Partial<Omit<StageComponent, 'create'>> & {
    readonly run?: (context: StageContext) => Promise<StageResult> | StageResult;
    readonly identity?: (view: unknown, signal?: AbortSignal) => Promise<JsonObject>;
    readonly objection?: () => Promise<string | undefined>;
  } = {},
): StageComponent {
  const { run, identity, objection, ...fields } = changes;
  return {
    summary: 'a stage of a test',
    schema: { properties: {} },
    version: 1,
    scope: 'run',
    engine: false,
    reads: [],
    consumes: [],
    create: () => ({
      ...(identity === undefined ? {} : { identity }),
      ...(objection === undefined ? {} : { objection }),
      run: async (context) => (await run?.(context)) ?? { status: 'done', outputs: {} },
    }),
    ...fields,
  };
}

/** A temporary folder with its runs, and the pipeline to run experiments in it. */
export class Rig {
  readonly events: RunnerEvent[] = [];
  /** Names of the stages that have run, in order. */
  readonly ran: string[] = [];
  #stages: Record<string, StageComponent> = {};

  private constructor(readonly dir: string) {
    this.stages({});
  }

  static async create(): Promise<Rig> {
    return new Rig(await mkdtemp(join(tmpdir(), 'pipeline-')));
  }

  get runs(): string {
    return join(this.dir, 'runs');
  }

  /** prepare (shared) -> learn -> judge, as data, networks and their quality would be. */
  stages(changes: { readonly [name: string]: Parameters<typeof stage>[0] }): void {
    const usual: Record<string, Parameters<typeof stage>[0]> = {
      prepare: { scope: 'shared', reads: ['dataset.limit'], provides: 'data' },
      learn: { reads: ['loss', 'seed'], consumes: ['data'], provides: 'networks', continues: true },
      judge: { reads: ['evaluate'], consumes: ['networks'] },
    };
    this.#stages = {};
    for (const name of new Set([...Object.keys(usual), ...Object.keys(changes)])) {
      const { run, ...fields } = { ...usual[name], ...changes[name] };
      const counted = async (context: StageContext): Promise<StageResult> => {
        this.ran.push(name);
        return (await run?.(context)) ?? { status: 'done', outputs: {} };
      };
      this.#stages[name] = stage({ ...fields, run: counted });
    }
  }

  components(): Components {
    const components = builtins();
    for (const [name, component] of Object.entries(this.#stages)) components.stage.add(name, component);
    return components;
  }

  /** Runs an experiment in this process. */
  async run(experiment: Config = config(), changes: Partial<RunRequest> = {}): Promise<RunOutcome> {
    this.ran.length = 0;
    this.events.length = 0;
    const never = new AbortController().signal;
    return runExperiment({
      experiment: { config: experiment },
      components: this.components(),
      stageProcess: program.stageProcess,
      runsRoot: this.runs,
      selection: { force: [] },
      dryRun: false,
      stop: never,
      stopNow: never,
      command: ['runner', 'run'],
      cwd: this.dir,
      env: {},
      listen: (event) => this.events.push(event),
      ...changes,
    });
  }

  /** Why each stage was run or not, in the last run's plan. */
  reasons(): Record<string, string> {
    const plan = this.event('plan');
    return Object.fromEntries(plan.stages.map(({ stage, action, reason }) => [stage, `${action}: ${reason}`]));
  }

  /** The first event of a kind. */
  event<K extends RunnerEvent['kind']>(kind: K): RunnerEvent & { kind: K } {
    const found = this.events.find((event) => event.kind === kind);
    if (found === undefined) throw new Error(`no ${kind} among ${this.events.map((event) => event.kind).join(', ')}`);
    return found as RunnerEvent & { kind: K };
  }

  /** Folders of the runs, in alphabetical order. */
  async runDirs(): Promise<string[]> {
    const names = await readdir(this.runs).catch(() => []);
    return names.filter((name) => !name.startsWith('.')).map((name) => join(this.runs, name));
  }

  write(name: string, text: string): string {
    const path = join(this.dir, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts the command, as a process of its own in this folder. */
  command(...args: readonly string[]): Running {
    return new Running(spawn(process.execPath, [bin, ...args], { cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  remove(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

const bin = fileURLToPath(new URL('../src/app/command.js', import.meta.url));

/** A started command. */
export class Running {
  output = '';
  /** Rejects, and ends the process, if that does not end by itself in time. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  /** Whether it has ended. */
  isOver = false;

  constructor(readonly process: ChildProcess) {
    for (const stream of [process.stdout!, process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = this.#end();
    // Not every test asks how it ended.
    this.ended.catch(() => undefined);
  }

  /** Waits until it has said something. */
  async says(words: RegExp, within: number = WITHIN.process): Promise<void> {
    const look = () => this.output;
    await until(`${words}`, { within, look, is: (output) => words.test(output), unless: () => this.isOver });
  }

  async #end(): Promise<{ readonly code: number | null; readonly output: string }> {
    let code: number | null = null;
    this.process.once('close', (ended) => {
      code = ended;
      this.isOver = true;
    });
    try {
      const command = this.process.spawnargs.slice(1).join(' ');
      const wait = { within: WITHIN.command, look: () => this.output, is: () => this.isOver };
      return { output: await until(`the end of ${command}`, wait), code };
    } finally {
      if (!this.isOver) this.process.kill('SIGKILL');
    }
  }
}

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether a process lives; a zombie does not. */
export function isAlive(pid: number): boolean {
  return /^State:\s+[^ZX\s]/m.test(statusOf(pid));
}

/** Waits for the end of a process. */
export async function untilGone(pid: number): Promise<void> {
  const look = () => statusOf(pid);
  await until(`the end of process ${pid}`, { within: WITHIN.process, look, is: () => !isAlive(pid) });
}

/** What the system says of a process; nothing where there is none. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
