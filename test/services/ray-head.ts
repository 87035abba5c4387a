import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../rig.js';

/** A real head of Ray with two processors on this machine, in a group of processes of its own. */
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

  /** Starts it, after {@link kill} once more, on the same ports. */
  async begin(): Promise<void> {
    const log = openSync(join(this.dir, 'log'), 'a');
    const words = ['start', '--head', '--block', '--node-ip-address', '127.0.0.1', '--port', String(this.port)];
    const more = ['--dashboard-host', '127.0.0.1', '--dashboard-port', String(this.dashboard), '--num-cpus', '2'];
    const place = ['--disable-usage-stats', '--temp-dir', this.dir, '--object-store-memory', '100000000'];
    const env = { ...process.env, RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER: '0' };
    this.#head = spawn(program(), [...words, ...more, ...place], {
      cwd: this.dir,
      stdio: ['ignore', log, log],
      detached: true,
      env,
    });
    await this.#ready();
  }

  /** Kills it, and all that is of it but the jobs' own processes. */
  async kill(): Promise<void> {
    const pid = this.#head?.pid;
    this.#head = undefined;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It was gone.
    }
    await sleep(1000);
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 });
  }

  /** The first request is answered some seconds after the port is open. */
  async #ready(): Promise<void> {
    for (let waited = 0; waited < 120; waited++) {
      const answer = await fetch(`${this.address}/api/cluster_status`).catch(() => undefined);
      if (answer?.ok === true && (await answer.text()).includes('"CPU"')) return;
      await sleep(500);
    }
    throw new Error(`Ray is not ready after a minute; its log is ${join(this.dir, 'log')}`);
  }
}

/** @throws where the tests were started in another way: what is not tried must not look like what works */
function program(): string {
  const python = process.env['RUNNER_SERVICES_RAY'];
  if (!python) throw new Error('RUNNER_SERVICES_RAY is not set: start these tests with `npm run test:services`.');
  return join(dirname(python), 'ray');
}
