import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readJournal } from '../../src/pipeline/journal.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import { connect } from '../../src/tracking/mlflow/client/connect.js';
import type { Run } from '../../src/tracking/mlflow/client/types.js';
import { Experiment } from '../e2e/rig.js';
import { until, WITHIN } from '../until.js';
import { type MlflowServer, withMlflow } from './mlflow-server.js';

/** One server for all tests of a file: `before(shared.start)`, `after(shared.stop)`. */
export function sharedMlflow() {
  let server: MlflowServer | undefined;
  let release: () => void = () => undefined;
  let ended: Promise<void> | undefined;
  return {
    get server(): MlflowServer {
      return server!;
    },
    start: () =>
      new Promise<void>((resolve, reject) => {
        ended = withMlflow((started) => {
          server = started;
          resolve();
          return new Promise<void>((end) => (release = end));
        });
        ended.catch(reject);
      }),
    stop: async () => {
      release();
      await ended;
    },
  };
}

let experiments = 0;

/** A tiny experiment that is tracked in its own MLflow experiment. */
export class TrackedExperiment {
  readonly name = `experiment ${process.pid} ${++experiments}`;

  private constructor(
    readonly experiment: Experiment,
    readonly server: MlflowServer,
  ) {}

  /** @param uri where the run sends its records, if not directly to the server */
  static async create(server: MlflowServer, uri = server.uri): Promise<TrackedExperiment> {
    const tracked = new TrackedExperiment(await Experiment.create(), server);
    const { env, dir } = tracked.experiment;
    Object.assign(env, { MLFLOW_TRACKING_URI: uri, MLFLOW_EXPERIMENT_NAME: tracked.name });
    const yaml = join(dir, 'tiny.yaml');
    await writeFile(yaml, `${await readFile(yaml, 'utf8')}\ntracking: {mlflow: {}}\n`);
    return tracked;
  }

  /** The runs that exist and are not deleted. */
  async runs(): Promise<Run[]> {
    const client = connect({ trackingUri: this.server.uri, env: {} });
    const { experimentId } = await client.experiment(this.name);
    return client.searchRuns({ experimentIds: [experimentId] });
  }

  async onlyRun(): Promise<Run> {
    const runs = await this.runs();
    assert.equal(runs.length, 1);
    return runs[0]!;
  }

  async runWhen(is: (run: Run) => boolean): Promise<Run> {
    const runs = await until(`a run of ${this.name}`, {
      within: WITHIN.training,
      look: () => this.runs(),
      is: (found) => found.some(is),
      every: 100,
    });
    return runs.find(is)!;
  }

  /** `runner sync` of the only run; nothing may be left to do after it. */
  async sync(): Promise<void> {
    const { code, stdout, stderr } = await this.experiment.run('sync');
    assert.equal(code, 0, stdout + stderr);
  }

  /** Checks that the server has one run, with every point and every file of the run's folder once, and no others. */
  async isWholeOnce(status: Run['status'] = 'FINISHED'): Promise<Run> {
    const run = await this.onlyRun();
    assert.equal(run.status, status);
    const runDir = await this.experiment.runDir();
    const records = readJournal(join(runDir, 'journal.jsonl'));
    assert.deepEqual(await this.curves(run), curvesOf(records));
    await this.filesAreThere(run, runDir);
    return run;
  }

  async curves(run: Run): Promise<Record<string, Point[]>> {
    const client = connect({ trackingUri: this.server.uri, env: {} });
    const curves: Record<string, Point[]> = {};
    for (const key of Object.keys(run.metrics).sort()) {
      const points = await client.metricHistory(run.runId, key);
      curves[key] = points.map(({ step, value, timestamp }): Point => [step, value, timestamp]).sort(bySteps);
    }
    return curves;
  }

  /** Byte for byte. */
  async filesAreThere(run: Run, runDir: string): Promise<void> {
    const there = join(this.server.artifacts, run.experimentId, run.runId, 'artifacts');
    const [uploaded, local] = await Promise.all([filesIn(there), filesIn(runDir)]);
    const expected = local.filter((file) => UPLOADED.test(file) && !file.endsWith('stage.json'));
    assert.deepEqual(
      uploaded.filter((file) => !FROM_SHARED_STAGES.test(file)),
      expected,
    );
    assert.deepEqual(
      uploaded.filter((file) => FROM_SHARED_STAGES.test(file)),
      ['train/data.md', 'train/data/A.png', 'train/data/B.png'],
    );
    for (const file of expected) {
      const [here, sent] = await Promise.all([readFile(join(runDir, file)), readFile(join(there, file))]);
      assert.ok(here.equals(sent), `${file} differs: ${here.length} bytes here, ${sent.length} there`);
    }
  }

  remove(): Promise<void> {
    return this.experiment.remove();
  }
}

const UPLOADED =
  /^(config\.yaml|environment\.json|journal\.jsonl|report\.html|train\/samples\/|evaluate\/(?!images)|export\/)/;
const FROM_SHARED_STAGES = /^train\/data/;

/** A point of a curve. */
type Point = [step: number, value: number, time: number];
const bySteps = (a: Point, b: Point): number => a[0] - b[0] || a[2] - b[2];

/** How MLflow's SQL store changes numbers that are not finite, and -0. */
export function clamped(value: number): number {
  if (value === 0) return 0;
  return Math.abs(value) === Infinity ? Math.sign(value) * Number.MAX_VALUE : value;
}

export function curvesOf(records: readonly RunRecord[]): Record<string, Point[]> {
  const curves: Record<string, Point[]> = {};
  for (const record of records) {
    if (record.kind === 'metric') (curves[record.name] ??= []).push([record.step, clamped(record.value), record.time]);
  }
  return Object.fromEntries(
    Object.keys(curves)
      .sort()
      .map((key) => [key, curves[key]!.sort(bySteps)]),
  );
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
}

/** The fate of a request: passed on, answered with a status, passed on but answered with a status, or cut off. */
export type Fate = 'pass' | 'cut' | { readonly status: number } | { readonly passedBut: number };

/** A proxy in front of an MLflow server that makes requests fail. */
export class FaultyProxy {
  readonly #server: Server;
  /** Every request, as `POST /api/2.0/mlflow/runs/create`. */
  readonly seen: string[] = [];
  fate: (request: string, headers: IncomingMessage['headers']) => Fate | Promise<Fate> = () => 'pass';

  private constructor(private readonly target: string) {
    this.#server = createServer((from, to) => void this.#handle(from, to).catch(() => to.destroy()));
  }

  static async before({ uri }: MlflowServer): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(uri);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #handle(from: IncomingMessage, to: ServerResponse): Promise<void> {
    const line = `${from.method} ${from.url!.split('?')[0]}`;
    this.seen.push(line);
    const body: Buffer[] = [];
    for await (const chunk of from) body.push(chunk as Buffer);
    const fate = await this.fate(line, from.headers);
    if (fate === 'cut') return void from.socket.destroy();
    if (typeof fate === 'object' && 'status' in fate) return void to.writeHead(fate.status).end('no');
    const response = await this.#passOn(from, Buffer.concat(body));
    if (typeof fate === 'object') {
      response.resume();
      return void to.writeHead(fate.passedBut).end('no');
    }
    to.writeHead(response.statusCode!, response.headers);
    response.pipe(to);
  }

  #passOn({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request(`${this.target}${url}`, { method, headers: { ...headers, host: new URL(this.target).host } }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}

/** A run as MLflow's own client reads it. */
export interface PythonRun {
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number;
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly histories: Readonly<Record<string, readonly [step: number, timestamp: number, value: number | 'nan'][]>>;
  readonly artifacts: Readonly<Record<string, string>>;
  readonly datasets: readonly {
    readonly name: string;
    readonly digest: string;
    readonly profile: string;
    readonly context: string;
  }[];
  readonly models: readonly {
    readonly name: string;
    readonly step: number;
    readonly status: string;
    readonly type: string;
    readonly params: Readonly<Record<string, string>>;
    readonly metrics: readonly (readonly [key: string, step: number, value: number, dataset: string | null])[];
  }[];
}

/** Asynchronous, so that the server's log is not blocked. */
export async function readByMlflow({ uri, python: command }: MlflowServer, run: Run): Promise<PythonRun> {
  const script = fileURLToPath(new URL('../../../test/services/python/read_mlflow.py', import.meta.url));
  const { stdout } = await promisify(execFile)(command, [script, uri, run.runId], { maxBuffer: 1 << 28 });
  return JSON.parse(stdout) as PythonRun;
}
