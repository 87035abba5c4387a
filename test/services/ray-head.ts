import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort } from '../rig.js';
import { until, WITHIN } from '../until.js';

/** A real Ray head with two processors on this machine, in its own process group. */
export class RayHead {
  #head: ChildProcess | undefined;

  private constructor(
    readonly dir: string,
    private readonly port: number,
    private readonly dashboard: number,
  ) {}

  static async start(): Promise<RayHead> {
    const head = new RayHead(await mkdtemp(join(tmpdir(), 'ray-')), await freePort(), await freePort());
    await head.begin();
    return head;
  }

  get address(): string {
    return `http://127.0.0.1:${this.dashboard}`;
  }

  /** Starts the head, also again after {@link kill}, on the same ports. */
  async begin(): Promise<void> {
    const log = openSync(join(this.dir, 'log'), 'a');
    const basics = ['start', '--head', '--block', '--node-ip-address', '127.0.0.1', '--port', String(this.port)];
    const dashboard = ['--dashboard-host', '127.0.0.1', '--dashboard-port', String(this.dashboard), '--num-cpus', '2'];
    const resources = ['--disable-usage-stats', '--temp-dir', this.dir, '--object-store-memory', '100000000'];
    const env = { ...process.env, RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: '0' };
    this.#head = spawn(program(), [...basics, ...dashboard, ...resources], {
      cwd: this.dir,
      stdio: ['ignore', log, log],
      detached: true,
      env,
    });
    await this.#ready();
  }

  /** Kills the head and all of its processes except those of the jobs. */
  async kill(): Promise<void> {
    const pid = this.#head?.pid;
    this.#head = undefined;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It was gone.
    }
    await until('free ports of the head that was killed', {
      within: WITHIN.cluster,
      look: async () => ({ [this.port]: await isTaken(this.port), [this.dashboard]: await isTaken(this.dashboard) }),
      is: (taken) => !Object.values(taken).includes(true),
      every: 250,
    });
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 });
  }

  /** Stops jobs of earlier tests, and waits until the cluster has no jobs and uses no processor. */
  async idle(): Promise<void> {
    await until('a cluster that is idle', {
      within: WITHIN.cluster,
      look: async () => {
        const jobs = (await this.#jobs()).filter(({ status }) => status === 'PENDING' || status === 'RUNNING');
        for (const { submission_id } of jobs) await this.stopJob(submission_id);
        return { jobs, processors: await this.#processors() };
      },
      is: ({ jobs, processors }) => jobs.length === 0 && processors?.[0] === 0,
      every: 500,
    });
  }

  /** Not with fetch: Ray takes Node's for a browser's and refuses it. */
  async stopJob(handle: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const sent = request(`${this.address}/api/jobs/${handle}/stop`, { method: 'POST' }, (answer) => {
        answer.resume().on('end', () => resolve());
      });
      sent.on('error', reject).end();
    });
  }

  async #jobs(): Promise<{ readonly submission_id: string; readonly status: string }[]> {
    return (await (await fetch(`${this.address}/api/jobs/`)).json()) as never;
  }

  /** Numbers of used and of all processors; `undefined` before the first report. */
  async #processors(): Promise<readonly [number, number] | undefined> {
    const answer = await fetch(`${this.address}/api/cluster_status`).catch(() => undefined);
    if (answer?.ok !== true) return undefined;
    const { data } = (await answer.json()) as { data?: { clusterStatus?: ClusterStatus } };
    return data?.clusterStatus?.loadMetricsReport?.usage?.['CPU'];
  }

  /** Ray serves its first request some seconds after it opens the port. */
  async #ready(): Promise<void> {
    await until('Ray’s first report of its processors', {
      within: WITHIN.cluster,
      look: async () => ({ processors: await this.#processors(), log: join(this.dir, 'log') }),
      is: ({ processors }) => processors !== undefined,
      unless: () => this.#head?.exitCode !== null,
      every: 500,
    });
  }
}

interface ClusterStatus {
  readonly loadMetricsReport?: { readonly usage?: Readonly<Record<string, readonly [number, number]>> };
}

/** Whether a process listens on a port of this machine. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** @throws when the tests were started in another way, because a skipped test must not look like a passed one */
function program(): string {
  const python = process.env['RUNNER_SERVICES_RAY'];
  if (!python) throw new Error('RUNNER_SERVICES_RAY is not set: start these tests with `npm run test:services`.');
  return join(dirname(python), 'ray');
}
