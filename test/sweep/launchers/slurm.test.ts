import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { builtins } from '../../../src/app/builtins.js';
import type { Launcher, LauncherSite } from '../../../src/registry/kinds/launcher.js';
import { make } from '../../../src/registry/make.js';
import { quoted } from '../../../src/support/shell.js';
import { ranges } from '../../../src/sweep/launchers/slurm/script.js';
import { untilThere } from '../../until.js';

interface Place {
  readonly dir: string;
  readonly notes: string[];
  readonly site: LauncherSite;
  readonly launcher: Launcher;
  /** Puts a bash program of that name first in PATH. */
  readonly program: (name: string, script: string) => Promise<void>;
  readonly read: (name: string) => Promise<string>;
}

/** Tests of a real Slurm are in test/services; these programs are scripts that record their input. */
async function place(t: TestContext, options: Record<string, unknown> = {}, jobs: number | null = 2): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), "it's slurm "));
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 10 }));
  const bin = join(dir, 'bin');
  await mkdir(bin);
  const program = async (name: string, script: string) => {
    await writeFile(join(bin, name), `#!/bin/bash\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const notes: string[] = [];
  const site: LauncherSite = {
    sweep: 'toy,lambda-1a2b',
    dir,
    jobs,
    cwd: dir,
    env: { PATH: `${bin}${delimiter}${process.env['PATH']}` },
    logOf: (trial) => join(dir, 'trials', String(trial), 'log.txt'),
    note: (_, text) => notes.push(text),
  };
  const launcher = make(builtins().launcher, { type: 'slurm', ...options }, site);
  await program('sbatch', `printf '%s\\n' "$@" >${quoted(join(dir, 'args'))}; cat >job.sh; echo "77;cluster"`);
  return { dir, notes, site, launcher, program, read: (name) => readFile(join(dir, name), 'utf8') };
}

const COMMAND = ['printf', '%s\n', "it's; $HOME"];

/** Runs the script of a job as Slurm does. */
function job({ dir, site }: Place, index: number) {
  const env = { ...site.env, SLURM_ARRAY_TASK_ID: String(index), SLURM_ARRAY_JOB_ID: '77' };
  return spawn('bash', ['job.sh'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(child: ReturnType<typeof job>): Promise<{ code: number | null; output: string }> {
  let output = '';
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('the launcher slurm', () => {
  test('submits a batch as one array, with its throttle and the options of sbatch', async (t) => {
    const options = { partition: 'gpu', time: '12:00:00', gres: 'gpu:1', cpus_per_task: 8, extra: ['--nice=100'] };
    const { dir, launcher, read } = await place(t, options);
    const handles = await launcher.submit({ trials: [1, 2, 3, 7], command: COMMAND });
    assert.deepEqual(
      [...handles],
      [1, 2, 3, 7].map((trial) => [trial, `77_${trial}`]),
    );
    const args = (await read('args')).trim().split('\n');
    for (const arg of [
      '--array=1-3,7%2',
      '--partition=gpu',
      '--time=12:00:00',
      '--gres=gpu:1',
      '--cpus-per-task=8',
      '--nice=100',
      '--requeue',
      '--job-name=toy,lambda-1a2b',
      `--output=${dir}/trials/%a/log.txt`,
    ]) {
      assert.ok(args.includes(arg), `${arg} in ${args.join(' ')}`);
    }
    assert.ok(
      !args.some((arg) => /^--(account|qos|mem|constraint)/.test(arg)),
      'what is not given is left to the site',
    );
  });

  test('runs the preamble and then the quoted command with the trial’s number', async (t) => {
    const here = await place(t, { preamble: ['set -euo pipefail', 'echo loaded'] });
    await here.launcher.submit({ trials: [3], command: COMMAND });
    assert.deepEqual(await ended(job(here, 3)), { code: 0, output: "loaded\nit's; $HOME\n3\n" });
  });

  test('gives a job the exit code of its trial, even if it ends at once', async (t) => {
    const here = await place(t, { preamble: ['set -e'] });
    await here.launcher.submit({ trials: [3], command: ['bash', '-c', 'exit 3'] });
    for (let time = 0; time < 20; time++) assert.equal((await ended(job(here, 3))).code, 3);
  });

  test('maps trials beyond the last array index to their own numbers and logs', async (t) => {
    const here = await place(t);
    await here.launcher.submit({ trials: [2345], command: COMMAND });
    assert.match(await here.read('args'), /--array=345%2\n/);
    assert.equal((await ended(job(here, 345))).code, 0);
    assert.equal(await here.read('trials/2345/log.txt'), "it's; $HOME\n2345\n");
  });

  test('submits one array at a time, since each has its own throttle', async (t) => {
    const here = await place(t);
    const first = await here.launcher.submit({ trials: [1001, 1000, 3, 1002], command: COMMAND });
    assert.match(await here.read('args'), /--array=3,1000%2\n/);
    assert.deepEqual([...first.keys()], [3, 1000]);
    const second = await here.launcher.submit({ trials: [1001, 1002], command: COMMAND });
    assert.match(await here.read('args'), /--array=1-2%2\n/);
    assert.deepEqual(
      [...second],
      [1001, 1002].map((trial) => [trial, `77_${trial - 1000}`]),
    );
  });

  test('writes indices as ranges', () => {
    assert.equal(ranges([1, 2, 3, 5, 7, 8]), '1-3,5,7-8');
  });

  test('requeues the job of a trial that saves before its time limit', async (t) => {
    const here = await place(t);
    await here.program('scontrol', 'echo "$@"');
    await here.program('trial', 'trap "exit 130" TERM; touch begun; while true; do sleep 0.05; done');
    await here.launcher.submit({ trials: [1], command: ['trial'] });
    const running = job(here, 1);
    await untilThere(join(here.dir, 'begun'));
    running.kill('SIGUSR1');
    assert.deepEqual(await ended(running), { code: 130, output: 'requeue 77_1\n' });
  });

  test('keeps a job that is asked to stop until its trial has saved', async (t) => {
    const here = await place(t);
    await here.program('scontrol', 'echo "$@"');
    await here.program(
      'trial',
      'trap "sleep 0.3; touch saved; exit 130" TERM; touch begun; while true; do sleep 0.05; done',
    );
    await here.launcher.submit({ trials: [1], command: ['trial'] });
    const running = job(here, 1);
    await untilThere(join(here.dir, 'begun'));
    running.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(running.exitCode, null, 'it waits for the trial, which hears Slurm’s signal by itself');
    await here.program('ask', 'pkill -TERM -P "$1"');
    spawn(join(here.dir, 'bin', 'ask'), [String(running.pid)]);
    assert.deepEqual(await ended(running), { code: 130, output: '' });
    assert.ok(existsSync(join(here.dir, 'saved')));
  });

  test('reports queued, running, ended and forgotten jobs, and warns once of a permanent reason', async (t) => {
    const { launcher, notes, program } = await place(t);
    await program(
      'squeue',
      'printf "%s\\n" "7_1|RUNNING|None" "7_2|PENDING|JobArrayTaskLimit" "7_3|TIMEOUT|None" "7_4|PENDING|PartitionTimeLimit" "7_5|PREEMPTED|None" "7_6|COMPLETING|None"',
    );
    const handles = ['7_1', '7_2', '7_3', '7_4', '7_5', '7_6', '7_9', '8_1'];
    const states = ['running', 'queued', 'gone', 'queued', 'gone', 'running', 'gone', 'lost'];
    for (let look = 0; look < 2; look++) assert.deepEqual([...(await launcher.watch(handles)).values()], states);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /does not start job 7_4 because of PartitionTimeLimit/);
  });

  test('reports jobs that Slurm has forgotten as lost', async (t) => {
    const { launcher, program } = await place(t);
    await program('squeue', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1');
    assert.deepEqual([...(await launcher.watch(['7_1'])).values()], ['lost']);
  });

  test('treats a refusal as a problem of the user, and a controller that is down as temporary', async (t) => {
    const { launcher, program } = await place(t);
    await program('sbatch', 'echo "sbatch: error: invalid partition specified: nowhere" >&2; exit 1');
    const submit = () => launcher.submit({ trials: [1], command: COMMAND });
    await assert.rejects(submit, {
      name: 'ProblemError',
      message: /sbatch refused: invalid partition specified: nowhere/,
    });
    await program('sbatch', 'echo "sbatch: error: Unable to contact slurm controller (connect failure)" >&2; exit 1');
    await assert.rejects(submit, { name: 'Error', message: /Unable to contact slurm controller/ });
    await program('sbatch', 'echo "all is well"');
    await assert.rejects(submit, { name: 'Error', message: /sbatch printed no job number: "all is well"/ });
  });

  test('reports that Slurm is not installed', async (t) => {
    const { site } = await place(t);
    const launcher = make(builtins().launcher, { type: 'slurm' }, { ...site, env: { PATH: '/nowhere' } });
    await assert.rejects(launcher.submit({ trials: [1], command: COMMAND }), {
      message: /needs sbatch, which is not installed here/,
    });
  });
});
