import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from '../../src/tracking/mlflow/client/connect.js';
import { sharedMlflow, TrackedExperiment } from './mlflow-rig.js';

describe('a sweep on a real MLflow server', () => {
  const shared = sharedMlflow();
  before(shared.start);
  after(shared.stop);

  test('nests its trials under a run of its name, which has the varied parameters, the best value, the table and the page', async () => {
    const tracked = await TrackedExperiment.create(shared.server);
    const { experiment } = tracked;
    const sweep = ['sweep', 'tiny.yaml', '--set', 'loss.lambda=1,10', '--set', 'train.epochs=1', '--jobs', '2'];
    const { code, stdout, stderr } = await experiment.run(...sweep);
    assert.equal(code, 0, stdout + stderr);
    assert.doesNotMatch(stdout + stderr, /warning/);

    const runs = await tracked.runs();
    assert.equal(runs.length, 3);
    const parent = runs.find(({ runName }) => /^tiny,lambda-[0-9a-f]{8}$/.test(runName))!;
    const trials = runs.filter((run) => run !== parent);
    assert.deepEqual(
      trials.map(({ tags }) => tags['mlflow.parentRunId']),
      [parent.runId, parent.runId],
    );
    assert.deepEqual(trials.map(({ params }) => params['loss.lambda.forward']).sort(), ['1', '10']);
    assert.equal(parent.status, 'FINISHED');
    assert.deepEqual(parent.params, { 'loss.lambda': '1, 10' });
    assert.equal(parent.metrics['trials/done'], 2);

    const client = connect({ trackingUri: shared.server.uri, env: {} });
    const files = await client.listArtifacts(parent.runId, 'sweep');
    assert.deepEqual(files.map(({ path }) => path).sort(), ['sweep/index.html', 'sweep/summary.md', 'sweep/sweep.csv']);
    const best = JSON.parse((await experiment.run('sweep', 'best', '--json')).stdout) as { value: number };
    assert.equal(parent.metrics['best/psnr'], best.value);

    assert.equal((await experiment.run(...sweep)).code, 0);
    assert.equal((await tracked.runs()).length, 3, 'again there is nothing new');
    assert.ok((await readFile(join(experiment.dir, 'runs', 'sweeps', parent.runName, 'sweep.csv'))).length > 0);
    await experiment.remove();
  });

  test('runs its trials while the server is down, and is sent later, nested, by sync and collect', async () => {
    const tracked = await TrackedExperiment.create(shared.server, 'http://127.0.0.1:9');
    const { experiment } = tracked;
    const sweep = ['sweep', 'tiny.yaml', '--set', 'loss.lambda=1,10', '--set', 'train.epochs=1', '--jobs', '2'];
    const { code, stdout, stderr } = await experiment.run(...sweep);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout + stderr, /mlflow did not receive the sweep summary/);

    experiment.env['MLFLOW_TRACKING_URI'] = shared.server.uri;
    assert.equal((await experiment.run('sync')).code, 0);
    assert.equal((await experiment.run('sweep', 'collect')).code, 0);
    const runs = await tracked.runs();
    const parent = runs.find(({ tags }) => tags['runner.sweep'] !== undefined)!;
    assert.equal(runs.filter(({ tags }) => tags['mlflow.parentRunId'] === parent.runId).length, 2);
    assert.equal(parent.status, 'FINISHED');
    await experiment.remove();
  });
});
