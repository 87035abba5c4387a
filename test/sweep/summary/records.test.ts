import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runFile } from '../../../src/pipeline/paths.js';
import { writeRecord } from '../../../src/pipeline/stage-record.js';
import { writeRungs } from '../../../src/sweep/halving.js';
import { trialFile } from '../../../src/sweep/sweep-files.js';
import type { TrialAttempt } from '../../../src/sweep/trial/trial-record.js';
import type { Json } from '../../../src/support/json.js';
import { config } from '../../rig.js';
import { each, order, recordedSweep } from './rig.js';

const HALVING = { metric: 'loss', better: 'lower', epochs: 1, factor: 2 } as const;

const attempt = (seconds: number, finished: string | null): TrialAttempt => ({
  host: 'here',
  pid: 1,
  started: '2026-01-02T03:04:05.000Z',
  finished,
  seconds,
});
const ENDED = '2026-01-02T04:04:05.000Z';

describe('the summary of a sweep', () => {
  test('has the frozen data, and the values of each axis once, in trial order', async (t) => {
    const trials = [3, 1, 3].map((lambda, index) => ({ params: { 'loss.lambda': lambda, seed: 42 + index } }));
    const axes = [
      { path: 'loss.lambda', label: 'lambda' },
      { path: 'seed', label: 'seed' },
    ];
    const { dir, collect } = await recordedSweep(t, trials, { axes });
    const { name, created, command, metric, ...found } = await collect();
    assert.deepEqual(
      [name, created, command, metric],
      ['toy', '2026-01-02T03:04:05.000Z', ['runner', 'sweep', 'toy.yaml'], { name: 'score', better: 'lower' }],
    );
    assert.equal(found.dir, dir);
    assert.deepEqual(found.axes, [
      { path: 'loss.lambda', label: 'lambda', values: [3, 1] },
      { path: 'seed', label: 'seed', values: [42, 43, 44] },
    ]);
  });

  test('lists each of many trials once, in order', async (t) => {
    const ids = Array.from({ length: 130 }, (_, index) => index + 1);
    const { collect } = await recordedSweep(
      t,
      ids.map(() => ({})),
    );
    const summary = await collect();
    assert.deepEqual(each(summary, 'id'), ids);
    assert.deepEqual(order(summary), ids);
  });

  test('ranks the lower number first among equal trials', async (t) => {
    const record = { metrics: { score: 1 } };
    const { collect } = await recordedSweep(t, [
      { id: 3, record },
      { id: 1, record },
      { id: 2, record: { metrics: { score: 0 } } },
    ]);
    assert.deepEqual(order(await collect()), [2, 1, 3]);
  });
});

describe('the metrics of a trial', () => {
  test('are those of its stages, and means over the directions', async (t) => {
    const metrics = { 'AtoB/score': 1, 'BtoA/score': 4, 'loss/cycle': 5, accuracy: 6 };
    const { collect } = await recordedSweep(t, [{ record: { metrics } }]);
    const summary = await collect();
    assert.deepEqual(each(summary, 'metrics'), [{ score: 2.5, ...metrics }]);
    assert.deepEqual(each(summary, 'value'), [2.5]);
    assert.deepEqual(summary.metrics, ['score', ...Object.keys(metrics)]);
    assert.deepEqual(summary.rungs, []);
  });

  test('have a mean of a metric of one direction, unless another trial has it in the other', async (t) => {
    const both = { 'AtoB/score': 1, 'BtoA/score': 3 };
    const rated = [0.2, 0.5].map((rate) => ({ record: { metrics: { ...both, 'AtoB/rate': rate } } }));
    const metric = { name: 'rate', better: 'higher' } as const;
    const all = await recordedSweep(t, [...rated, {}], { metric });
    const summary = await all.collect();
    assert.deepEqual(each(summary, 'value'), [0.2, 0.5, null]);
    assert.deepEqual(order(summary), [2, 1, 3]);
    const other = { record: { metrics: { ...both, 'AtoB/rate': 0.1, 'BtoA/rate': 0.3 } } };
    const mixed = await recordedSweep(t, [...rated, other], { metric });
    assert.deepEqual(each(await mixed.collect(), 'value'), [null, null, 0.2]);
  });

  test('have a mean for each part of a metric', async (t) => {
    const metrics = { 'AtoB/fid/cats': 1, 'BtoA/fid/cats': 3, 'AtoB/fid/dogs': 10, 'BtoA/fid/dogs': 20 };
    const { collect } = await recordedSweep(t, [{ record: { metrics } }]);
    assert.deepEqual(each(await collect(), 'metrics'), [{ 'fid/cats': 2, 'fid/dogs': 15, ...metrics }]);
  });

  test('prefer a value of a stage to a mean of the same name', async (t) => {
    const { collect } = await recordedSweep(t, [
      { record: { metrics: { 'AtoB/score': 1, 'BtoA/score': 3, score: 9 } } },
    ]);
    assert.deepEqual(each(await collect(), 'value'), [9]);
  });

  test('have no value if it has not measured the ranking metric, or not started', async (t) => {
    const { collect } = await recordedSweep(t, [{ record: { metrics: { other: 1 } } }, {}]);
    const summary = await collect();
    assert.deepEqual(each(summary, 'value'), [null, null]);
    assert.deepEqual(each(summary, 'metrics'), [{ other: 1 }, {}]);
  });

  test('end with those of successive halving, in the order of its rounds', async (t) => {
    const { collect } = await recordedSweep(
      t,
      [
        { record: { status: 'paused', rungs: { 1: 0.5 } } },
        { record: { metrics: { score: 1 }, rungs: { 1: 0.4, 2: 0.3, 4: 0.2 } } },
        {},
      ],
      { halving: HALVING },
    );
    const summary = await collect();
    assert.deepEqual(summary.metrics, ['score', 'loss@1', 'loss@2', 'loss@4']);
    assert.deepEqual(summary.rungs, ['loss@1', 'loss@2', 'loss@4']);
    assert.deepEqual(each(summary, 'metrics'), [
      { 'loss@1': 0.5 },
      { score: 1, 'loss@1': 0.4, 'loss@2': 0.3, 'loss@4': 0.2 },
      {},
    ]);
    assert.deepEqual(order(summary), [2, 1, 3]);
  });
});

describe('a trial that successive halving did not choose', () => {
  const trials = [{}, { record: { status: 'paused' } }, { record: { status: 'done' } }, {}] as const;

  test('is pruned after the last choice, unless it is done', async (t) => {
    const { dir, collect } = await recordedSweep(t, trials, { halving: HALVING });
    const kept = [
      [1, 2, 3, 4],
      [2, 4],
      [2, 1],
    ];
    await writeRungs(
      dir,
      kept.map((ids, index) => ({ epochs: 2 ** index, kept: ids })),
    );
    assert.deepEqual(each(await collect(), 'state'), ['queued', 'paused', 'done', 'pruned']);
  });

  test('does not exist before the first choice', async (t) => {
    const { collect } = await recordedSweep(t, trials, { halving: HALVING });
    assert.deepEqual(each(await collect(), 'state'), ['queued', 'paused', 'done', 'queued']);
  });
});

test('the time of a trial is the sum over its ended attempts', async (t) => {
  const attempts = [[attempt(10, ENDED), attempt(5.5, ENDED), attempt(100, null)], [attempt(7, ENDED)]];
  const { collect } = await recordedSweep(t, [
    { record: { attempts: attempts[0] } },
    { record: { attempts: attempts[1] } },
    { record: { attempts: [attempt(3, null)] } },
    { record: { attempts: [] } },
    {},
  ]);
  assert.deepEqual(each(await collect(), 'seconds'), [15.5, 7, null, null, null]);
});

test('the problem of a trial is the first that it failed with', async (t) => {
  const { collect } = await recordedSweep(t, [
    { record: { status: 'failed', problems: ['first', 'second'] } },
    { record: { status: 'failed', problems: [] } },
    { record: { status: 'done', problems: ['of an earlier attempt'] } },
    { record: { status: 'running', problems: ['of an earlier attempt'] } },
  ]);
  const summary = await collect();
  assert.deepEqual(each(summary, 'problem'), ['first', null, null, 'its process ended unexpectedly']);
  assert.deepEqual(each(summary, 'state'), ['failed', 'failed', 'done', 'crashed']);
});

test('the run of a trial is the one that it created, under its current name', async (t) => {
  const { runsRoot, collect } = await recordedSweep(t, [
    { run: 'toy-00000001', record: { run: 'toy-00000002' } },
    { run: 'toy-00000003' },
    { run: 'toy-00000004' },
  ]);
  await mkdir(join(runsRoot, 'renamed-00000003'));
  const summary = await collect();
  assert.deepEqual(each(summary, 'run'), ['toy-00000002', 'renamed-00000003', 'toy-00000004']);
  assert.deepEqual(
    each(summary, 'runDir'),
    each(summary, 'run').map((run) => join(runsRoot, run)),
  );
});

describe('the images of a trial', () => {
  const stages = {
    learn: { type: 'learn', needs: [] },
    judge: { type: 'judge', needs: [] },
    more: { type: 'more', needs: [] },
  };

  /** A stage's record with these grids, and files for some of them. */
  async function evaluated(dir: string, grids: Json, files: readonly string[]): Promise<void> {
    await writeRecord(dir, {
      ...{ fingerprint: 'f', made: 'm', status: 'done', run: 'toy-1', started: ENDED, finished: ENDED, seconds: 1 },
      ...{ summary: [], artifacts: [], files: {}, inputs: {}, bookkeeping: {}, former: false },
      parts: {
        stage: { type: 'x', version: 1 },
        options: {},
        config: {},
        files: {},
        plugins: [],
        inputs: {},
        from: null,
      },
      outputs: { grids },
    });
    for (const file of files) await writeFile(join(dir, file), '');
  }

  test('are the grids of its stages that still exist, by direction', async (t) => {
    const record = {};
    const { runsRoot, collect } = await recordedSweep(t, [{ record }], {}, config({ stages }));
    const stage = (name: string) => runFile.stage(join(runsRoot, 'toy-1'), name);
    await evaluated(stage('learn'), 'none', []);
    await evaluated(stage('judge'), ['AtoB.png', 'BtoA.png', 'gone.png'], ['AtoB.png', 'BtoA.png']);
    assert.deepEqual(each(await collect(), 'images'), [
      { AtoB: join(stage('judge'), 'AtoB.png'), BtoA: join(stage('judge'), 'BtoA.png') },
    ]);
  });

  test('are empty before it is done, or if its config is missing', async (t) => {
    const { runsRoot, dir, collect } = await recordedSweep(
      t,
      [{ record: { status: 'interrupted' } }, { record: {} }],
      {},
      config({ stages }),
    );
    for (const run of ['toy-1', 'toy-2']) {
      await evaluated(runFile.stage(join(runsRoot, run), 'judge'), ['AtoB.png'], ['AtoB.png']);
    }
    const [, second] = each(await collect(), 'images');
    assert.deepEqual(Object.keys(second!), ['AtoB']);
    await rm(trialFile.config(dir, 2));
    assert.deepEqual(each(await collect(), 'images'), [{}, {}]);
  });
});
