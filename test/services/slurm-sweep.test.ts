import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig, Running } from '../rig.js';
import { until, WITHIN } from '../until.js';
import {
  assertBegunAgain,
  attemptsOf,
  doneSoFar,
  handleOf,
  killedAndTypedAgain,
  SWEEP,
  startSweep,
} from './sweep-rig.js';
import { SlurmCluster } from './slurm-cluster.js';
import { begun, hasBegun, starts, table, theSweep, toyRig } from '../sweep/toy.js';

describe('a sweep on a real Slurm', () => {
  let cluster: SlurmCluster;
  before(async () => {
    cluster = await SlurmCluster.start();
  });
  beforeEach(() => cluster.idle());
  after(() => cluster.stop());

  const sweep = (rig: Rig): Running => startSweep(rig, 'slurm', cluster.env);

  test('six trials, two at a time: one fails, one is killed, one is cancelled; the rest is done, and nothing twice', async (t) => {
    const rig = await toyRig(t, 4000);
    const running = sweep(rig);
    await begun(rig, 2, running);
    await cluster.ask('scancel', await handleOf(rig, 6));
    const { code, output } = await running.ended;
    assert.equal(code, 1, output);
    assert.deepEqual(
      await table(rig),
      { 1: 'done', 2: 'done', 13: 'failed', 9: 'crashed', 5: 'done', 6: 'cancelled' },
      output,
    );
    assert.match(output, /trial 3 {2}lambda=13 {2}failed: .*thirteen/);
    assert.match(output, /trial 4 {2}lambda=9 {2}crashed/);
    assert.match(output, /trial 6 {2}lambda=6 {2}cancelled: It was taken off the queue/);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1, '13 42': 1, '9 42': 1, '5 42': 1 });
    await atMostTwoAtOnce(rig);

    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const again = await sweep(rig).ended;
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1, '13 42': 2, '9 42': 2, '5 42': 1, '6 42': 1 });
  });

  test('a trial that is cancelled while it runs saves, is told, and goes on with the next command', async (t) => {
    const rig = await toyRig(t, 20_000);
    const running = sweep(rig);
    await hasBegun(rig, '2 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    await cluster.ask('scancel', await handleOf(rig, 2));
    const { output } = await running.ended;
    assert.match(output, /trial 2 {2}lambda=2 {2}cancelled: Somebody asked it to stop/);
    assert.equal((await table(rig))[2], 'cancelled');
    const [attempt] = await attemptsOf(rig, 2);
    assert.ok(attempt?.finished !== null, 'it had time to write its record');
  });

  test('the controller is killed and started again in the middle: no trial is lost or run twice', async (t) => {
    const rig = await toyRig(t, 8000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await begun(rig, 2, running);
    // What it forgets is another test.
    await cluster.hasSaved(statSync(join(rig.dir, 'starts.txt')).mtimeMs);
    await cluster.killController();
    await sleep(3000);
    cluster.controller();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(Object.values(starts(rig)), [1, 1, 1, 1, 1, 1]);
  });

  test('a controller that knows nothing of its jobs any more: what is not done is handed over once more', async (t) => {
    const rig = await toyRig(t, 6000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await begun(rig, 3, running);
    const done = await doneSoFar(rig);
    assert.ok(done.length > 0, 'two at a time: the third begins when another is done');
    await cluster.killController();
    await cluster.forget();
    cluster.controller();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(Object.values(await table(rig)), Array(6).fill('done'));
    assertBegunAgain(rig, { not: done });
  });

  test('a trial whose time is nearly up saves, and goes on in another job', async (t) => {
    const rig = await toyRig(t, 100_000);
    const running = startSweep(rig, 'slurm', cluster.env, [
      'sweep',
      'toy.yaml',
      ...['--set', 'loss.lambda=1,2', '--set', 'train.epochs=400', '--jobs', '1', '--launcher', 'slurm'],
      ...['--set', 'launcher.time="2"', '--set', 'launcher.save_before=100'],
    ]);
    await hasBegun(rig, '1 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    const handle = await handleOf(rig, 1);
    await until('the end of the first attempt', {
      within: WITHIN.cluster,
      look: () => attemptsOf(rig, 1),
      is: ([first]) => typeof first?.finished === 'string',
      unless: () => running.isOver,
      every: 250,
    });
    await cluster.bringForward(handle);
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(starts(rig), { '1 42': 2, '2 42': 1 });
    assert.doesNotMatch(output, /cancelled/);
  });

  test('the command itself is killed: trials go on, and the same command takes them up again', async (t) => {
    await killedAndTypedAgain(await toyRig(t, 4000), sweep);
  });

  test('a trial that Slurm takes back into the queue goes on when it is started again', async (t) => {
    const rig = await toyRig(t, 20_000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await hasBegun(rig, '1 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    const handle = await handleOf(rig, 1);
    await cluster.ask('scontrol', 'requeue', handle);
    // It would wait two minutes otherwise.
    await cluster.bringForward(handle);
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.equal(starts(rig)['1 42'], 2);
    assert.deepEqual(Object.entries(starts(rig)).filter(([, count]) => count !== 1).length, 1);
  });

  test('Ctrl-C leaves the trials where they are; cancel stops them', async (t) => {
    const rig = await toyRig(t, 60_000);
    const running = sweep(rig);
    await begun(rig, 2, running);
    running.process.kill('SIGINT');
    const { code, output } = await running.ended;
    assert.equal(code, 130, output);
    assert.match(output, /Trials that were handed over go on; `runner sweep cancel` stops them/);
    const cancelled = await startSweep(rig, 'slurm', cluster.env, ['sweep', 'cancel']).ended;
    assert.match(cancelled.output, /6 trials of .* were asked to stop/);
    const [job] = (await handleOf(rig, 1)).split('_');
    await until('an empty queue', {
      within: WITHIN.cluster,
      look: () => cluster.ask('squeue', '-h', '-j', job!).catch(() => ''),
      is: (queue) => queue === '',
      every: 250,
    });
  });

  test('what the cluster refuses is told, with what to do', async (t) => {
    const rig = await toyRig(t, 0);
    const refused = startSweep(rig, 'slurm', cluster.env, [
      ...SWEEP,
      '--launcher',
      'slurm',
      '--set',
      'launcher.partition=nowhere',
    ]);
    const { code, output } = await refused.ended;
    assert.equal(code, 1, output);
    assert.match(output, /sbatch says no: .*[Pp]artition/);
  });

  /** By the times that the trials' own records have. */
  async function atMostTwoAtOnce(rig: Rig): Promise<void> {
    const numbers = await readdir(join(await theSweep(rig), 'trials'));
    const attempts = (await Promise.all(numbers.map((number) => attemptsOf(rig, Number(number))))).flat();
    assert.ok(attempts.length >= 5);
    for (const { started } of attempts) {
      const at = attempts.filter((other) => other.started <= started && (other.finished ?? other.started) > started);
      assert.ok(at.length <= 2, `${at.length} at ${started}`);
    }
  }
});
