import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Rig, Running } from '../rig.js';
import { begun, hasBegun, starts, table, toyRig } from '../sweep/toy.js';
import { RayHead } from './ray-head.js';
import {
  assertStartedAgain,
  attemptsOf,
  doneSoFar,
  handleOf,
  assertSurvivesKill,
  startSweep,
  SWEEP,
} from './sweep-rig.js';

describe('a sweep on a real Ray', () => {
  let head: RayHead;
  before(async () => {
    head = await RayHead.start();
  });
  beforeEach(() => head.idle());
  after(() => head.stop());

  const env = () => ({ ...process.env, RAY_API_SERVER_ADDRESS: head.address });
  const sweep = (rig: Rig): Running => startSweep(rig, 'ray', env());

  test('completes the other trials, each once, when one fails, one is killed and one is cancelled', async (t) => {
    const rig = await toyRig(t, 20_000);
    const running = sweep(rig);
    await hasBegun(rig, '2 42', running);
    writeFileSync(join(rig.dir, 'starts.txt.quick'), '');
    await head.stopJob(await handleOf(rig, 2));
    const { code, output } = await running.ended;
    assert.equal(code, 1, output);
    const states = { 1: 'done', 2: 'cancelled', 13: 'failed', 9: 'crashed', 5: 'done', 6: 'done' };
    assert.deepEqual(await table(rig), states, output);
    assert.match(output, /trial 2 {2}lambda=2 {2}cancelled: It was asked to stop/);
    assert.match(output, /trial 3 {2}lambda=13 {2}failed: .*thirteen/);
    assert.match(output, /trial 4 {2}lambda=9 {2}crashed/);
    assert.deepEqual(Object.values(starts(rig)), [1, 1, 1, 1, 1, 1]);
    const [attempt] = await attemptsOf(rig, 2);
    assert.ok(attempt?.finished !== null, 'it had time to write its record');

    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const again = await sweep(rig).ended;
    assert.equal(again.code, 0, again.output);
    assert.deepEqual(starts(rig), { '1 42': 1, '2 42': 2, '13 42': 2, '9 42': 2, '5 42': 1, '6 42': 1 });
  });

  test('survives a restart of the head: the table is right, and no finished trial runs again', async (t) => {
    const rig = await toyRig(t, 6000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await begun(rig, 3, running);
    const done = await doneSoFar(rig);
    assert.ok(done.length > 0, 'two at a time: the third begins when another is done');
    await head.kill();
    await head.begin();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.match(output, /The launcher does not respond/);
    const all = { 1: 'done', 2: 'done', 13: 'done', 9: 'done', 5: 'done', 6: 'done' };
    assert.deepEqual(await table(rig), all);
    assertStartedAgain(rig, { not: done });
  });

  test('survives a kill of the command: trials continue, and the same command resumes them', async (t) => {
    await assertSurvivesKill(await toyRig(t, 6000), sweep);
  });

  test('reports an address where nothing listens, with what to do', async (t) => {
    const rig = await toyRig(t, 0);
    const nowhere = { ...process.env, RAY_API_SERVER_ADDRESS: 'http://127.0.0.1:9' };
    const { code, output } = await startSweep(rig, 'ray', nowhere, [...SWEEP, '--launcher', 'ray']).ended;
    assert.equal(code, 1, output);
    assert.match(output, /127\.0\.0\.1:9 does not respond/);
    assert.match(output, /ray start --head/);
  });
});
