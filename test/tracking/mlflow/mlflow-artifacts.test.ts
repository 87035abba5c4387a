import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ProblemError } from '../../../src/support/problem.js';
import { outage, refusal } from './fake-mlflow.js';
import { ended, finished, image, metric, started, text } from './records.js';
import { MlflowRig } from './rig.js';

let rig: MlflowRig;
beforeEach(() => {
  rig = new MlflowRig();
  for (const path of ['config.yaml', 'environment.json', 'journal.jsonl']) rig.file(path);
  rig.file('train/samples/epoch-0001-AtoB.png');
  rig.file('judge/metrics.json');
  for (const file of ['saved-model/saved_model.pb', 'saved-model/variables/variables.index', 'tfjs/model.json']) {
    rig.file(`export/AtoB/${file}`);
  }
});
afterEach(() => rig.remove());

const sample = image('samples/AtoB', 4, 'train/samples/epoch-0001-AtoB.png');
const exported = finished('export', ['AtoB/tfjs', 'AtoB/saved-model']);
const run = [started(1000), text('data', 0, '# zebras'), sample, finished('judge', ['metrics.json']), exported];
const files = () => [...rig.server.run.files.keys()].sort();

describe('a run’s files on an MLflow server', () => {
  test('have the same paths as in its folder, with all files of folders', async () => {
    await rig.take(...run, ended(2000, 'finished'));
    assert.deepEqual(files(), [
      'config.yaml',
      'environment.json',
      'export/AtoB/saved-model/saved_model.pb',
      'export/AtoB/saved-model/variables/variables.index',
      'export/AtoB/tfjs/model.json',
      'journal.jsonl',
      'judge/metrics.json',
      'preprocess/data.md',
      'train/samples/epoch-0001-AtoB.png',
    ]);
    assert.equal(rig.server.run.files.get('preprocess/data.md'), '# zebras');
    const path = 'export/AtoB/saved-model/variables/variables.index';
    assert.equal(rig.server.run.files.get(path), path);
  });

  test('include the run’s report where it was written', async () => {
    rig.file('report.html');
    await rig.take(...run, ended(2000, 'finished'));
    assert.ok(files().includes('report.html'));
  });

  test('are under the stage’s name when several runs share them', async () => {
    const store = join('..', '.store', 'look', 'A.png');
    rig.file(store);
    await rig.take(started(1000), image('data/A', 0, store, 'preprocess'), image('data/A', 7, store, 'preprocess'));
    assert.deepEqual(files(), ['config.yaml', 'preprocess/data/A-000007.png', 'preprocess/data/A.png']);
  });

  test('are those of the selected groups, by the type of their stage, not its name', async () => {
    rig.options = { ...rig.options, artifacts: ['evaluate', 'samples'] };
    await rig.take(...run, ended(2000, 'finished'));
    assert.deepEqual(files(), ['judge/metrics.json', 'train/samples/epoch-0001-AtoB.png']);
  });

  test('are none if no group is selected', async () => {
    rig.options = { ...rig.options, artifacts: [] };
    await rig.take(...run, ended(2000, 'finished'));
    assert.deepEqual(files(), []);
  });

  test('do not include the journal while it grows', async () => {
    await rig.take(started(1000), ended(2000, 'crashed'), started(3000));
    assert.deepEqual(files(), ['config.yaml']);
  });

  test('are reported when missing, and the rest is uploaded', async () => {
    await rig.take(started(1000), image('samples/BtoA', 4, 'train/samples/gone.png'), sample);
    assert.ok(files().includes('train/samples/epoch-0001-AtoB.png'));
    assert.deepEqual(rig.notes, ['warning: train/samples/gone.png was not uploaded: it does not exist any more.']);
  });

  test('are reported when the server refuses them, and the rest is uploaded', async () => {
    rig.server.fail = (_call, _when, detail) =>
      detail.endsWith('.pb') ? refusal('', 'Request Entity Too Large.') : undefined;
    await rig.take(...run);
    assert.equal(files().length, 6);
    assert.deepEqual(rig.notes, [
      'warning: export/AtoB/saved-model/saved_model.pb was not uploaded: Request Entity Too Large.',
    ]);
  });

  test('do not delay the curves when their store cannot be reached, which is reported once', async () => {
    rig.server.fail = (call) =>
      call === 'uploadArtifact'
        ? new ProblemError({ code: 'mlflow-artifacts', message: 'It is on s3.', cure: 'Use a proxy.' })
        : undefined;
    await rig.take(...run);
    await rig.take(sample, metric('loss', 1, 2), ended(2000, 'finished'));
    assert.deepEqual(rig.server.run.history('loss'), [[1, 2]]);
    assert.equal(rig.server.run.status, 'FINISHED');
    assert.deepEqual(rig.notes, ['warning: It is on s3. Use a proxy. Files are not uploaded; everything else is.']);
  });

  test('are not skipped when the server rejects the user: the records come again', async () => {
    rig.server.fail = (call) =>
      call === 'uploadArtifact'
        ? new ProblemError({ code: 'mlflow-unauthorised', message: 'Who are you?' })
        : undefined;
    await assert.rejects(rig.take(...run), ProblemError);
    rig.server.fail = undefined;
    await rig.take(...run);
    assert.equal(files().length, 7);
  });

  test('are retried with later records, also by another process, when their store is down', async () => {
    rig.server.fail = (call) => (call === 'uploadArtifact' ? outage() : undefined);
    await rig.take(...run, metric('loss', 1, 2));
    assert.deepEqual(rig.server.run.history('loss'), [[1, 2]]);
    assert.deepEqual(files(), []);
    rig.server.fail = undefined;
    rig.restart();
    await rig.take(metric('loss', 2, 2));
    assert.equal(files().length, 7);
    rig.server.calls.length = 0;
    await rig.take(metric('loss', 3, 2));
    assert.deepEqual(rig.server.calls, ['log']);
  });

  test('are complete before the run ends: until then its end comes again', async () => {
    await rig.take(started(1000));
    rig.server.fail = (call) => (call === 'uploadArtifact' ? outage() : undefined);
    await rig.take(sample);
    await assert.rejects(rig.take(ended(2000, 'finished')));
    assert.equal(rig.server.run.status, 'RUNNING');
    rig.server.fail = undefined;
    await rig.take(ended(2000, 'finished'));
    assert.ok(files().includes('train/samples/epoch-0001-AtoB.png'));
    assert.equal(rig.server.run.status, 'FINISHED');
  });

  test('are not uploaded again when their records come again after another failure', async () => {
    rig.server.fail = (call) => (call === 'updateRun' ? outage() : undefined);
    await assert.rejects(rig.take(...run, ended(2000, 'finished')));
    rig.server.fail = undefined;
    rig.server.calls.length = 0;
    await rig.take(...run, ended(2000, 'finished'));
    assert.ok(!rig.server.calls.includes('uploadArtifact'));
  });
});

describe('the model registry', () => {
  test('receives one version of each direction, of the SavedModel if there is one', async () => {
    rig.options = { ...rig.options, register: 'zebra' };
    rig.file('export/BtoA/weights/w.bin');
    const both = finished('export', ['AtoB/tfjs', 'AtoB/saved-model', 'AtoB/weights', 'BtoA/weights']);
    await rig.take(started(1000), both);
    await rig.take(both, ended(2000, 'finished'));
    const root = 'mlflow-artifacts:/toy/run1/artifacts/export';
    assert.deepEqual(
      rig.server.versions.map(({ name, source, runId }) => [name, source, runId]),
      [
        ['zebra-AtoB', `${root}/AtoB/saved-model`, 'run1'],
        ['zebra-BtoA', `${root}/BtoA/weights`, 'run1'],
      ],
    );
  });

  test('receives nothing unless requested, and nothing before its upload', async () => {
    await rig.take(started(1000), exported);
    assert.deepEqual(rig.server.versions, []);
    rig.options = { ...rig.options, register: 'zebra' };
    rig.restart();
    rig.file('export/AtoB/tfjs/model.json', 'another');
    rig.server.fail = (call) => (call === 'uploadArtifact' ? outage() : undefined);
    await rig.take(exported);
    assert.deepEqual(rig.server.versions, []);
    rig.server.fail = undefined;
    await rig.take(ended(2000, 'finished'));
    assert.equal(rig.server.versions.length, 1);
  });

  test('may refuse, which is reported and does not fail the run', async () => {
    rig.options = { ...rig.options, register: 'zebra' };
    rig.server.fail = (call) => (call === 'registerModel' ? refusal('FEATURE_DISABLED', 'No registry.') : undefined);
    await rig.take(started(1000), exported, ended(2000, 'finished'));
    assert.equal(rig.server.run.status, 'FINISHED');
    assert.match(rig.notes[0]!, /AtoB\/saved-model did not become a version of the model zebra-AtoB: No registry\./);
  });
});
