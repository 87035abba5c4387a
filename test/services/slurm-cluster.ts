import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../rig.js';
import { until, WITHIN } from '../until.js';

const PROGRAMS = ['slurmctld', 'slurmd'] as const;

/** A real Slurm of one node with two processors on this machine, with its own daemons, ports and folders. */
export class SlurmCluster {
  readonly #daemons = new Map<string, ChildProcess>();

  private constructor(readonly dir: string) {}

  static async start(): Promise<SlurmCluster> {
    const missing = PROGRAMS.filter((program) => !existsSync(`/usr/sbin/${program}`));
    if (missing.length > 0) throw new Error(`${missing.join(' and ')} missing: apt-get install slurm-wlm`);
    const cluster = new SlurmCluster(await mkdtemp(join(tmpdir(), 'slurm-')));
    await cluster.#configure();
    cluster.controller();
    cluster.#daemon('slurmd', ['-D', '-N', hostname()]);
    await cluster.idle();
    return cluster;
  }

  /** The environment by which Slurm's programs find it. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: join(this.dir, 'slurm.conf') };
  }

  /** Cancels jobs of earlier tests, and waits until none runs or is queued. */
  async idle(): Promise<void> {
    await this.ask('scancel', '--user=root').catch(() => '');
    await until('a cluster that is idle', {
      within: WITHIN.cluster,
      look: async () => {
        const [node, queue] = [this.#answer('sinfo', '-h', '-o', '%T'), this.#answer('squeue', '-h')];
        return { node: await node, queue: await queue, logs: this.dir };
      },
      is: ({ node, queue }) => node === 'idle' && queue === '',
      every: 250,
    });
  }

  /** Waits until the controller has saved its state since then, which it does a few seconds after a change. @param since milliseconds */
  async hasSaved(since: number): Promise<void> {
    const state = join(this.dir, 'state', 'job_state');
    await until(`a ${state} written after ${since}`, {
      within: WITHIN.cluster,
      look: () =>
        stat(state).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      is: (written) => written > since,
      every: 100,
    });
  }

  /** Starts the controller, also again after {@link killController}. */
  controller(): void {
    this.#daemon('slurmctld', ['-D']);
  }

  async killController(): Promise<void> {
    await this.#end('slurmctld', 'SIGKILL');
  }

  /** Removes the job state that a killed controller saved. */
  async forget(): Promise<void> {
    const state = join(this.dir, 'state');
    for (const name of await readdir(state)) await rm(join(state, name), { recursive: true, force: true });
  }

  /** Lets a requeued job start as soon as it has left the node; before that, Slurm would still report the old job. */
  async bringForward(job: string): Promise<void> {
    const look = () => this.#answer('squeue', '-h', '-r', '-j', job, '-o', '%T');
    const wait = { within: WITHIN.cluster, look, every: 250 };
    await until(`job ${job} back in the queue`, { ...wait, is: (state) => state === 'PENDING' });
    await until(`job ${job} started again`, {
      ...wait,
      // Slurm can refuse until the old job has left the node.
      look: async () => {
        await this.#answer('scontrol', 'update', `JobId=${job}`, 'StartTime=now');
        return look();
      },
      is: (state) => state !== 'PENDING',
      every: 1000,
    });
  }

  /** @returns the output of a program of Slurm */
  async ask(program: string, ...args: readonly string[]): Promise<string> {
    return (await promisify(execFile)(program, args, { env: this.env })).stdout;
  }

  /** The output of a program of Slurm, or its error: the controller may be busy. */
  #answer(program: string, ...args: readonly string[]): Promise<string> {
    return this.ask(program, ...args).then((text) => text.trim(), String);
  }

  async stop(): Promise<void> {
    await this.ask('scancel', '--user=root').catch(() => '');
    for (const name of [...this.#daemons.keys()].reverse()) await this.#end(name, 'SIGTERM');
    await rm(this.dir, { recursive: true, force: true, maxRetries: 10 });
  }

  async #configure(): Promise<void> {
    for (const folder of ['state', 'spool']) await mkdir(join(this.dir, folder));
    const [controller, node] = [await freePort(), await freePort()];
    const lines = [
      'ClusterName=test',
      `SlurmctldHost=${hostname()}(127.0.0.1)`,
      'AuthType=auth/none',
      'CredType=cred/none',
      'SlurmUser=root',
      'SlurmdUser=root',
      `SlurmctldPort=${controller}`,
      `SlurmdPort=${node}`,
      `StateSaveLocation=${this.dir}/state`,
      `SlurmdSpoolDir=${this.dir}/spool`,
      `SlurmctldPidFile=${this.dir}/slurmctld.pid`,
      `SlurmdPidFile=${this.dir}/slurmd.pid`,
      `SlurmctldLogFile=${this.dir}/slurmctld.log`,
      `SlurmdLogFile=${this.dir}/slurmd.log`,
      'ProctrackType=proctrack/linuxproc',
      'TaskPlugin=task/none',
      'JobAcctGatherType=jobacct_gather/none',
      'AccountingStorageType=accounting_storage/none',
      'JobCompType=jobcomp/none',
      'MpiDefault=none',
      'ReturnToService=2',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'SchedulerParameters=sched_interval=2,batch_sched_delay=0',
      `NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000`,
      `PartitionName=main Nodes=${hostname()} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO`,
    ];
    await writeFile(join(this.dir, 'slurm.conf'), `${lines.join('\n')}\n`);
  }

  #daemon(name: (typeof PROGRAMS)[number], args: readonly string[]): void {
    this.#daemons.set(name, spawn(`/usr/sbin/${name}`, args, { env: this.env, stdio: 'ignore' }));
  }

  async #end(name: string, signal: NodeJS.Signals): Promise<void> {
    const daemon = this.#daemons.get(name);
    this.#daemons.delete(name);
    if (daemon === undefined || daemon.exitCode !== null) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await Promise.race([gone, sleep(10_000).then(() => daemon.kill('SIGKILL'))]);
  }
}
