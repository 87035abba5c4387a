import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig, Running } from '../rig.js';
import { until, WITHIN } from '../until.js';
import {
  assertStartedAgain,
  attemptsOf,
  doneSoFar,
  handleOf,
  assertSurvivesKill,
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

  test('completes the other trials, each once, when one fails, one is killed and one is cancelled', async (t) => {
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
    assert.match(output, /trial 6 {2}lambda=6 {2}cancelled: It was removed from the queue/);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1, '13 42': 1, '9 42': 1, '5 42': 1 });
    await atMostTwoAtOnce(rig);

    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const again = await sweep(rig).ended;
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 1, '13 42': 2, '9 42': 2, '5 42': 1, '6 42': 1 });
  });

  test('reports a trial that is cancelled while it runs, which saves, and resumes it with the next command', async (t) => {
    const rig = await toyRig(t, 20_000);
    const running = sweep(rig);
    await hasBegun(rig, '2 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    await cluster.ask('scancel', await handleOf(rig, 2));
    const { output } = await running.ended;
    assert.match(output, /trial 2 {2}lambda=2 {2}cancelled: It was asked to stop/);
    assert.equal((await table(rig))[2], 'cancelled');
    const [attempt] = await attemptsOf(rig, 2);
    assert.ok(attempt?.finished !== null, 'it had time to write its record');
  });

  test('survives a restart of the controller: no trial is lost or run twice', async (t) => {
    const rig = await toyRig(t, 8000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await begun(rig, 2, running);
    // The next test is about a controller without saved state.
    await cluster.hasSaved(statSync(join(rig.dir, 'starts.txt')).mtimeMs);
    await cluster.killController();
    await sleep(3000);
    cluster.controller();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.deepEqual(Object.values(starts(rig)), [1, 1, 1, 1, 1, 1]);
  });

  test('submits unfinished trials again when the controller has lost its jobs', async (t) => {
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
    assertStartedAgain(rig, { not: done });
  });

  test('lets a trial save before its time limit, and resumes it in another job', async (t) => {
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
    // On a busy machine a trial may need more than one job after that, and so may the other.
    const { '1 42': first = 0, '2 42': second = 0 } = starts(rig);
    assert.ok(first >= 2 && second >= 1, JSON.stringify(starts(rig)));
    assert.doesNotMatch(output, /cancelled/);
  });

  test('survives a kill of the command: trials continue, and the same command resumes them', async (t) => {
    await assertSurvivesKill(await toyRig(t, 4000), sweep);
  });

  test('resumes a trial that Slurm requeued', async (t) => {
    const rig = await toyRig(t, 20_000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await hasBegun(rig, '1 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    const handle = await handleOf(rig, 1);
    await cluster.ask('scontrol', 'requeue', handle);
    // Slurm would wait two minutes otherwise.
    await cluster.bringForward(handle);
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.equal(starts(rig)['1 42'], 2);
    assert.deepEqual(Object.entries(starts(rig)).filter(([, count]) => count !== 1).length, 1);
  });

  test('leaves its trials running after Ctrl-C; `runner sweep cancel` stops them', async (t) => {
    const rig = await toyRig(t, 60_000);
    const running = sweep(rig);
    await begun(rig, 2, running);
    running.process.kill('SIGINT');
    const { code, output } = await running.ended;
    assert.equal(code, 130, output);
    assert.match(output, /Submitted trials continue; `runner sweep cancel` stops them/);
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

  test('reports what the cluster refuses, with what to do', async (t) => {
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
    assert.match(output, /sbatch refused: .*[Pp]artition/);
  });

  /** Checks the times in the trials' records. */
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
