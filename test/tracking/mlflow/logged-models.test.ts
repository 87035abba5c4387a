import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { CheckpointRole, RunRecord } from '../../../src/registry/kinds/record.js';
import { ProblemError } from '../../../src/support/problem.js';
import { outage } from './fake-mlflow.js';
import { ended, finished, metric, started } from './records.js';
import { MlflowRig } from './rig.js';

let rig: MlflowRig;
beforeEach(() => (rig = new MlflowRig()));
afterEach(() => rig.remove());

const COUNTS = { trainA: 95, trainB: 96, valA: 5, valB: 4, testA: 20, testB: 21, skipped: 3 };

const begun = (stage: string, { result = 'f00d', outputs = COUNTS, resumes = false } = {}): RunRecord => ({
  kind: 'stage-started',
  stage,
  name: stage,
  step: null,
  time: 4000,
  value: { reason: 'never run', resumes, inputs: { dataset: { result, outputs } } },
});

const kept = (name: CheckpointRole, step: number): RunRecord => ({
  kind: 'checkpoint',
  stage: 'train',
  name,
  step,
  time: 5000 + step,
  value: { dir: `train/checkpoints/step-${step}`, epoch: step / 10, metrics: {} },
});

const measured = (step: number, value: number) => metric('validate/AtoB/kd', step, value);
const tested = (step: number, value: number): RunRecord => ({
  ...metric('evaluate/AtoB/kd', step, value),
  stage: 'judge',
});

/** A training whose best is at step 20 of 30. */
const training = [
  ...[measured(10, 3), kept('best', 10)],
  ...[measured(20, 1), kept('best', 20)],
  ...[measured(30, 2), kept('last', 30)],
];

describe('the data sets of an MLflow run', () => {
  test('are those of training, validation and test, with counts, and a digest of the prepared images', async () => {
    await rig.take(started(1000), begun('train'), begun('judge'));
    const datasets = [...rig.server.run.datasets.values()];
    assert.deepEqual(
      datasets.map(({ context, profile }) => [context, JSON.parse(profile!) as unknown]),
      [
        ['training', { trainA: 95, trainB: 96 }],
        ['validation', { valA: 5, valB: 4 }],
        ['test', { testA: 20, testB: 21 }],
      ],
    );
    for (const { digest } of datasets) assert.match(digest, /^[0-9a-f]{16}$/);
    assert.equal(new Set(datasets.map(({ digest }) => digest)).size, 3);
  });

  test('are the same for another run on the same images, and others for other images', async () => {
    await rig.take(started(1000), begun('train'));
    const [same] = rig.server.run.datasets.keys();
    await rig.take(begun('train', { result: 'f00d' }));
    assert.equal(rig.server.run.datasets.size, 2);
    await rig.take(begun('train', { result: 'beef' }));
    assert.equal(rig.server.run.datasets.size, 4);
    assert.ok(rig.server.run.datasets.has(same!));
  });

  test('do not include a part without images, and are none for a stage that reads no images', async () => {
    const { valA, valB, ...outputs } = COUNTS;
    await rig.take(started(1000), begun('train', { outputs: outputs as typeof COUNTS }), begun('export'));
    assert.deepEqual(
      [...rig.server.run.datasets.values()].map(({ context }) => context),
      ['training'],
    );
    assert.ok(valA > 0 && valB > 0);
  });
});

describe('the logged models of an MLflow run', () => {
  test('are the best and the last checkpoint of a finished training, with the points of their validation', async () => {
    await rig.take(started(1000), begun('train'), ...training);
    assert.equal(rig.server.models.length, 0, 'while the training works, its checkpoints are replaced');
    await rig.take(finished('train', []));
    assert.deepEqual(
      rig.server.models.map(({ name, step, params, tags }) => [
        name,
        step,
        params!['epoch'],
        tags!['runner.checkpoint'],
      ]),
      [
        ['best', 20, '2', 'train/checkpoints/step-20'],
        ['last', 30, '3', 'train/checkpoints/step-30'],
      ],
    );
    const [best, last] = rig.server.models.map(({ id }) => `m-${id}`);
    const dataset = [...rig.server.run.datasets.values()].find(({ context }) => context === 'validation')!;
    const on = { dataset: { name: dataset.name, digest: dataset.digest } };
    assert.deepEqual(rig.server.modelMetrics, [
      { key: 'validate/AtoB/kd', value: 1, timestamp: 5020, step: 20, modelId: best, ...on },
      { key: 'validate/AtoB/kd', value: 2, timestamp: 5030, step: 30, modelId: last, ...on },
    ]);
  });

  test('have the metrics of the test set too, once that is evaluated by any process', async () => {
    await rig.take(started(1000), begun('train'), ...training, finished('train', []));
    rig.restart();
    rig.server.modelMetrics.length = 0;
    await rig.take(begun('judge'), tested(20, 1.5), finished('judge', []), ended(9000, 'finished'));
    assert.equal(rig.server.models.length, 2);
    const test = [...rig.server.run.datasets.values()].find(({ context }) => context === 'test')!;
    const own = rig.server.modelMetrics.filter(({ key }) => key.startsWith('evaluate/'));
    assert.deepEqual(
      own.map(({ value, step, dataset }) => [value, step, dataset?.digest]),
      [[1.5, 20, test.digest]],
    );
  });

  test('are one model where the last checkpoint is the best', async () => {
    await rig.take(
      started(1000),
      begun('train'),
      measured(10, 1),
      kept('best', 10),
      kept('last', 10),
      finished('train', []),
    );
    assert.deepEqual(
      rig.server.models.map(({ name }) => name),
      ['best-and-last'],
    );
  });

  test('are logged once, even if a response is lost', async () => {
    rig.server.fail = (call, when) => (call === 'logModel' && when === 'after' ? outage() : undefined);
    await assert.rejects(rig.take(started(1000), begun('train'), ...training, finished('train', [])));
    rig.server.fail = undefined;
    await rig.take(started(1000), begun('train'), ...training, finished('train', []));
    assert.equal(rig.server.models.length, 2);
  });

  test('are those of the new training when it starts over', async () => {
    await rig.take(started(1000), begun('train'), ...training, finished('train', []));
    await rig.take(begun('train'), kept('last', 5));
    assert.equal(rig.server.models.length, 2);
    await rig.take(finished('train', []));
    assert.deepEqual(
      rig.server.models.slice(2).map(({ name, step }) => [name, step]),
      [['last', 5]],
    );
  });

  test('are left out, like data sets, by a server that has none, and the run is complete', async () => {
    rig.server.fail = (call, when) =>
      (call === 'logModel' || call === 'logInputs') && when === 'before'
        ? new ProblemError({ code: 'no-mlflow-here', message: 'it answered 404 and a web page' })
        : undefined;
    await rig.take(started(1000), begun('train'), ...training, finished('train', []), ended(9000, 'finished'));
    assert.equal(rig.server.models.length, 0);
    assert.equal(rig.server.run.status, 'FINISHED');
    assert.equal(rig.server.run.history('validate/AtoB/kd').length, 3);
  });
});
