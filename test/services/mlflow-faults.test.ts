import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../src/tracking/mlflow/client/connect.js';
import { FaultyProxy, sharedMlflow, TrackedExperiment, type Fate } from './mlflow-rig.js';

const shared = sharedMlflow();
before(shared.start);
after(shared.stop);

/** Some seconds of training, so that faults happen in the middle. */
const LONG = ['run', 'tiny.yaml', '--set', 'train.epochs=30', '--set', 'train.sample_every=5'] as const;

describe('a run whose MLflow server', () => {
  let proxy: FaultyProxy;
  let tracked: TrackedExperiment;
  beforeEach(async () => {
    proxy = await FaultyProxy.before(shared.server);
    tracked = await TrackedExperiment.create(shared.server, proxy.uri);
  });
  afterEach(() => Promise.all([tracked.remove(), proxy.close()]));

  /** Training succeeds, whatever the server does. @returns its output */
  async function succeeds(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await tracked.experiment.run(...(args.length > 0 ? args : ['run', 'tiny.yaml']));
    assert.equal(code, 0, stdout + stderr);
    return stdout + stderr;
  }
  const times = (text: string, part: string): number => text.split(part).length - 1;

  test('is down all the time reports it once, and is sent by `runner sync`', async () => {
    proxy.fate = () => 'cut';
    const output = await succeeds();
    assert.equal(times(output, 'does not answer'), 1, output);
    assert.match(output, /runner sync tiny-/);
    proxy.fate = () => 'pass';
    assert.deepEqual(await tracked.runs(), []);
    await tracked.sync();
    await tracked.isWholeOnce();
  });

  test('goes down and comes back has curves without gaps', async () => {
    const { ended } = tracked.experiment.start(...LONG);
    await tracked.experiment.checkpointOf(16);
    await shared.server.stop();
    await sleep(3000);
    await shared.server.start();
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stdout + stderr);
    await tracked.sync();
    const run = await tracked.isWholeOnce();
    assert.equal((await tracked.curves(run))['loss/G/total']!.length, 30 * 8);
  });

  test('first answers 500, 429 or nothing has each record once, also where the server carried out the request', async () => {
    const fates: Fate[][] = [
      [{ status: 500 }, { passedBut: 500 }],
      [{ status: 429 }, 'cut'],
      [{ passedBut: 503 }, 'cut'],
    ];
    const failed = new Map<string, number>();
    proxy.fate = (request) => {
      const kind = request.replace(/(mlflow-artifacts\/artifacts)\/.*/, '$1');
      const times = failed.get(kind) ?? 0;
      failed.set(kind, times + 1);
      return fates[[...failed.keys()].indexOf(kind) % fates.length]![times] ?? 'pass';
    };
    await succeeds();
    for (let round = 0; round < 8 && (await tracked.experiment.run('sync')).code !== 0; round++);
    await tracked.sync();
    await tracked.isWholeOnce();
    assert.ok(failed.size > 5, [...failed.keys()].join());
  });

  test('takes 10 s for a response delays the end of the run only', async () => {
    proxy.fate = async (request) => {
      const isFirst = proxy.seen.filter((other) => other === request).length === 1;
      if (request.endsWith('runs/create') || (isFirst && request.endsWith('log-batch'))) await sleep(10_000);
      return 'pass' as const;
    };
    const output = await succeeds();
    assert.doesNotMatch(output, /does not answer|has not received all/);
    await tracked.isWholeOnce();
  });

  test('rejects the token reports it once, with what to do, and is sent with the right token', async () => {
    const { env } = tracked.experiment;
    proxy.fate = (_, { authorization }) => (authorization === 'Bearer right' ? 'pass' : { status: 401 });
    env['MLFLOW_TRACKING_TOKEN'] = 'wrong';
    const output = await succeeds();
    assert.equal(times(output, 'it answered 401'), 1, output);
    assert.match(output, /MLFLOW_TRACKING_TOKEN/);
    assert.doesNotMatch(output, /wrong/);
    env['MLFLOW_TRACKING_TOKEN'] = 'right';
    await tracked.sync();
    await tracked.isWholeOnce();
  });

  test('deleted it reports that, and is sent again by `runner sync`', async () => {
    const { ended } = tracked.experiment.start(...LONG);
    const { runId } = await tracked.runWhen(({ metrics }) => 'loss/G/total' in metrics);
    await connect({ trackingUri: shared.server.uri, env: {} }).deleteRun(runId);
    const { code, stdout, stderr } = await ended;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout + stderr, new RegExp(`${runId} was deleted on the server.*runner sync tiny-`));
    assert.deepEqual(await tracked.runs(), []);
    await tracked.sync();
    await tracked.isWholeOnce();
  });
});
