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
  /** Puts a program of that name, in bash, before the others. */
  readonly program: (name: string, script: string) => Promise<void>;
  readonly read: (name: string) => Promise<string>;
}

/** What is asked of a real Slurm is in test/services; here its programs are scripts that write down what they get. */
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
  await program('sbatch', `printf '%s\\n' "$@" >${quoted(join(dir, 'words'))}; cat >job.sh; echo "77;cluster"`);
  return { dir, notes, site, launcher, program, read: (name) => readFile(join(dir, name), 'utf8') };
}

const COMMAND = ['printf', '%s\n', "it's; $HOME"];

/** Runs the script of a job as Slurm would. */
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
  test('hands a batch over as one array, with its throttle and the options of sbatch', async (t) => {
    const options = { partition: 'gpu', time: '12:00:00', gres: 'gpu:1', cpus_per_task: 8, extra: ['--nice=100'] };
    const { dir, launcher, read } = await place(t, options);
    const handles = await launcher.submit({ trials: [1, 2, 3, 7], command: COMMAND });
    assert.deepEqual(
      [...handles],
      [1, 2, 3, 7].map((trial) => [trial, `77_${trial}`]),
    );
    const words = (await read('words')).trim().split('\n');
    for (const word of [
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
      assert.ok(words.includes(word), `${word} in ${words.join(' ')}`);
    }
    assert.ok(
      !words.some((word) => /^--(account|qos|mem|constraint)/.test(word)),
      'what is not given is left to the site',
    );
  });

  test('a job runs the command with the trial’s number, whatever signs it has, after the preamble', async (t) => {
    const here = await place(t, { preamble: ['set -euo pipefail', 'echo loaded'] });
    await here.launcher.submit({ trials: [3], command: COMMAND });
    assert.deepEqual(await ended(job(here, 3)), { code: 0, output: "loaded\nit's; $HOME\n3\n" });
  });

  test('a job ends as its trial does, however soon that is', async (t) => {
    const here = await place(t, { preamble: ['set -e'] });
    await here.launcher.submit({ trials: [3], command: ['bash', '-c', 'exit 3'] });
    for (let time = 0; time < 20; time++) assert.equal((await ended(job(here, 3))).code, 3);
  });

  test('a trial beyond the last index of an array has its number, and its own log', async (t) => {
    const here = await place(t);
    await here.launcher.submit({ trials: [2345], command: COMMAND });
    assert.match(await here.read('words'), /--array=345%2\n/);
    assert.equal((await ended(job(here, 345))).code, 0);
    assert.equal(await here.read('trials/2345/log.txt'), "it's; $HOME\n2345\n");
  });

  test('one array is handed over at a time, since each would have the whole throttle', async (t) => {
    const here = await place(t);
    const first = await here.launcher.submit({ trials: [1001, 1000, 3, 1002], command: COMMAND });
    assert.match(await here.read('words'), /--array=3,1000%2\n/);
    assert.deepEqual([...first.keys()], [3, 1000]);
    const second = await here.launcher.submit({ trials: [1001, 1002], command: COMMAND });
    assert.match(await here.read('words'), /--array=1-2%2\n/);
    assert.deepEqual(
      [...second],
      [1001, 1002].map((trial) => [trial, `77_${trial - 1000}`]),
    );
  });

  test('indices are told as ranges', () => {
    assert.equal(ranges([1, 2, 3, 5, 7, 8]), '1-3,5,7-8');
  });

  test('a trial whose time is nearly up saves, and its job goes back into the queue', async (t) => {
    const here = await place(t);
    await here.program('scontrol', 'echo "$@"');
    await here.program('trial', 'trap "exit 130" TERM; touch begun; while true; do sleep 0.05; done');
    await here.launcher.submit({ trials: [1], command: ['trial'] });
    const running = job(here, 1);
    await untilThere(join(here.dir, 'begun'));
    running.kill('SIGUSR1');
    assert.deepEqual(await ended(running), { code: 130, output: 'requeue 77_1\n' });
  });

  test('a job that is asked to stop waits until its trial has saved', async (t) => {
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

  test('tells what waits, runs, is gone and was forgotten; what no waiting mends is told once', async (t) => {
    const { launcher, notes, program } = await place(t);
    await program(
      'squeue',
      'printf "%s\\n" "7_1|RUNNING|None" "7_2|PENDING|JobArrayTaskLimit" "7_3|TIMEOUT|None" "7_4|PENDING|PartitionTimeLimit" "7_5|PREEMPTED|None" "7_6|COMPLETING|None"',
    );
    const handles = ['7_1', '7_2', '7_3', '7_4', '7_5', '7_6', '7_9', '8_1'];
    const states = ['running', 'queued', 'gone', 'queued', 'gone', 'running', 'gone', 'lost'];
    for (let look = 0; look < 2; look++) assert.deepEqual([...(await launcher.watch(handles)).values()], states);
    assert.equal(notes.length, 1);
    assert.match(notes[0]!, /job 7_4 waiting because of PartitionTimeLimit/);
  });

  test('jobs that have left Slurm’s memory are lost', async (t) => {
    const { launcher, program } = await place(t);
    await program('squeue', 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1');
    assert.deepEqual([...(await launcher.watch(['7_1'])).values()], ['lost']);
  });

  test('a no of Slurm’s is a problem for a person; a controller that is down is asked again', async (t) => {
    const { launcher, program } = await place(t);
    await program('sbatch', 'echo "sbatch: error: invalid partition specified: nowhere" >&2; exit 1');
    const submit = () => launcher.submit({ trials: [1], command: COMMAND });
    await assert.rejects(submit, {
      name: 'ProblemError',
      message: /sbatch says no: invalid partition specified: nowhere/,
    });
    await program('sbatch', 'echo "sbatch: error: Unable to contact slurm controller (connect failure)" >&2; exit 1');
    await assert.rejects(submit, { name: 'Error', message: /Unable to contact slurm controller/ });
    await program('sbatch', 'echo "all is well"');
    await assert.rejects(submit, { name: 'Error', message: /sbatch answered "all is well"/ });
  });

  test('where there is no Slurm, that is said', async (t) => {
    const { site } = await place(t);
    const launcher = make(builtins().launcher, { type: 'slurm' }, { ...site, env: { PATH: '/nowhere' } });
    await assert.rejects(launcher.submit({ trials: [1], command: COMMAND }), {
      message: /needs sbatch, which is not here/,
    });
  });
});
