import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Rig, type Running, until } from '../rig.js';
import { starts, table, theSweep, toyRig } from '../sweep/toy.js';
import { RayHead } from './ray-head.js';
import { attemptsOf, killedAndTypedAgain, startSweep, SWEEP } from './sweep-rig.js';

describe('a sweep on a real Ray', { timeout: 600_000 }, () => {
  let head: RayHead;
  before(async () => {
    head = await RayHead.start();
  });
  after(() => head.stop());

  const env = () => ({ ...process.env, RAY_API_SERVER_ADDRESS: head.address });
  const sweep = (rig: Rig): Running => startSweep(rig, 'ray', env());

  test('six trials, two at a time: one fails, one is killed, one is cancelled; the rest is done, and nothing twice', async (t) => {
    const rig = await toyRig(t, 6000);
    const running = sweep(rig);
    await until('trial 2', () => (starts(rig)['2 42'] ?? 0) > 0);
    await stopJob(await handleOf(rig, 2));
    const { code, output } = await running.ended;
    assert.equal(code, 1, output);
    const states = { 1: 'done', 2: 'cancelled', 13: 'failed', 9: 'crashed', 5: 'done', 6: 'done' };
    assert.deepEqual(await table(rig), states, output);
    assert.match(output, /trial 2 {2}lambda=2 {2}cancelled: Somebody asked it to stop/);
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

  test('the head is killed and started again in the middle: the table is right, and what was done is not done twice', async (t) => {
    const rig = await toyRig(t, 6000);
    writeFileSync(join(rig.dir, 'starts.txt.mended'), '');
    const running = sweep(rig);
    await until('trial 3', () => (starts(rig)['13 42'] ?? 0) > 0);
    await head.kill();
    await head.begin();
    const { code, output } = await running.ended;
    assert.equal(code, 0, output);
    assert.match(output, /The launcher does not answer/);
    const all = { 1: 'done', 2: 'done', 13: 'done', 9: 'done', 5: 'done', 6: 'done' };
    assert.deepEqual(await table(rig), all);
    // Those that were at work when it died may have been begun once more; the others not.
    assert.equal(starts(rig)['1 42'], 1);
    assert.equal(starts(rig)['5 42'], 1);
    assert.equal(starts(rig)['6 42'], 1);
  });

  test('the command itself is killed: trials go on, and the same command takes them up again', async (t) => {
    await killedAndTypedAgain(await toyRig(t, 6000), sweep);
  });

  test('nobody at the address is told, with what to do', async (t) => {
    const rig = await toyRig(t, 0);
    const nowhere = { ...process.env, RAY_API_SERVER_ADDRESS: 'http://127.0.0.1:9' };
    const { code, output } = await startSweep(rig, 'ray', nowhere, [...SWEEP, '--launcher', 'ray']).ended;
    assert.equal(code, 1, output);
    assert.match(output, /127\.0\.0\.1:9 does not answer/);
    assert.match(output, /ray start --head/);
  });

  /** Node's fetch is taken for a browser's and refused: the command does it. */
  async function stopJob(handle: string): Promise<void> {
    const { request } = await import('node:http');
    await new Promise<void>((resolve, reject) => {
      const asked = request(`${head.address}/api/jobs/${handle}/stop`, { method: 'POST' }, (answer) => {
        answer.resume().on('end', () => resolve());
      });
      asked.on('error', reject).end();
    });
  }

  async function handleOf(rig: Rig, trial: number): Promise<string> {
    const path = join(await theSweep(rig), 'trials', String(trial), 'job.json');
    return (JSON.parse(await readFile(path, 'utf8')) as { handle: string }).handle;
  }
});
