import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, MlflowError, ProblemError, type Metric, type MlflowClient, type Run } from '../../src/mlflow.js';
import { readByMlflow } from './mlflow-rig.js';
import { withMlflow, type MlflowServer } from './mlflow-server.js';

const LARGEST = 1.7976931348623157e308;
const dir = mkdtempSync(join(tmpdir(), 'mlflow-client-'));
let next = 0;

describe('the client of a real MLflow server', () => {
  let server: MlflowServer;
  let client: MlflowClient;
  let done: () => void;
  let served: Promise<void>;

  before(async () => {
    server = await new Promise<MlflowServer>((resolve, reject) => {
      served = withMlflow(async (started) => {
        resolve(started);
        await new Promise<void>((end) => (done = end));
      });
      served.catch(reject);
    });
    client = connect({ trackingUri: server.uri, env: {}, backoff: 200 });
  });

  after(async () => {
    done();
    await served;
    rmSync(dir, { recursive: true });
  });

  test('logs a run twice, which MLflow itself reads once, number by number', async () => {
    const run = await newRun(client);
    const metrics = [...curve('loss/G/adversarial', 2300), ...curve('loss/F/cycle', 300)];
    const odd = [NaN, Infinity, -Infinity, -0.1, 5e-324, Number.MAX_SAFE_INTEGER].map((value, step) => ({
      key: 'odd',
      value,
      timestamp: 1_700_000_000_000 + step,
      step,
    }));
    const params = Object.fromEntries(Array.from({ length: 230 }, (_, i) => [`section.key_${i}`, `value ${i}`]));
    const tags = { 'mlflow.note.content': '# Übung\n\n- 😀', 'mlflow.user': 'ada', 'mlflow.parentRunId': run.runId };
    for (let twice = 0; twice < 2; twice++)
      await client.log(run.runId, { metrics: [...metrics, ...odd], params, tags });
    await client.updateRun(run.runId, { status: 'FINISHED', endTime: 1_700_000_009_999 });

    const found = await readByMlflow(server, run);
    assert.deepEqual(found.histories['loss/G/adversarial'], pointsOf(metrics, 'loss/G/adversarial'));
    assert.deepEqual(found.histories['loss/F/cycle'], pointsOf(metrics, 'loss/F/cycle'));
    assert.deepEqual(
      found.histories['odd']?.map(([, , value]) => value),
      ['nan', LARGEST, -LARGEST, -0.1, 5e-324, Number.MAX_SAFE_INTEGER],
    );
    assert.deepEqual(found.params, params);
    assert.deepEqual({ ...found.tags, ...tags }, found.tags);
    assert.equal(found.status, 'FINISHED');
    assert.deepEqual([found.start, found.end], [1_700_000_000_000, 1_700_000_009_999]);
    assert.deepEqual(await client.metricHistory(run.runId, 'loss/F/cycle'), curve('loss/F/cycle', 300));
    const own = await client.metricHistory(run.runId, 'odd');
    assert.deepEqual(
      own.map(({ value }) => value),
      [NaN, LARGEST, -LARGEST, -0.1, 5e-324, Number.MAX_SAFE_INTEGER],
    );
  });

  test('logs data sets and a model twice, which MLflow itself reads once, with the run’s own points as its metrics', async () => {
    const run = await newRun(client);
    const { runId, experimentId } = run;
    const [point] = curve('validate/AtoB/kd', 1) as [Metric];
    const zebras = { name: 'horse2zebra', sourceType: 'cyclegan', source: '{"name":"horse2zebra"}' };
    const datasets = [
      { ...zebras, digest: 'abcd1234', profile: '{"trainA":1014}', context: 'training' },
      { ...zebras, digest: '5678abcd', profile: '{"valA":53}', context: 'validation' },
    ];
    const model = {
      experimentId,
      runId,
      name: 'best',
      modelType: 'cyclegan',
      step: 0,
      params: { epoch: '3' },
      id: 'model-1',
    };
    const ids: string[] = [];
    await client.logMetrics(runId, [point]);
    for (let twice = 0; twice < 2; twice++) {
      await client.logInputs(runId, datasets);
      const modelId = await client.logModel(model);
      await client.logMetrics(runId, [{ ...point, modelId, dataset: datasets[1]! }]);
      ids.push(modelId);
    }
    assert.equal(ids[0], ids[1]);
    const found = await readByMlflow(server, run);
    assert.deepEqual(
      found.datasets,
      datasets.map(({ name, digest, profile, context }) => ({ name, digest, profile, context })),
    );
    const metrics = [['validate/AtoB/kd', 0, point.value, 'horse2zebra']];
    const params = { epoch: '3' };
    assert.deepEqual(found.models, [{ name: 'best', step: 0, status: 'READY', type: 'cyclegan', params, metrics }]);
    assert.deepEqual(found.histories['validate/AtoB/kd'], pointsOf([point], point.key));
  });

  test('reads a history of several pages completely', async () => {
    const run = await newRun(client);
    await client.logMetrics(run.runId, curve('long', 26_000));
    const found = await client.metricHistory(run.runId, 'long');
    assert.equal(found.length, 26_000);
    assert.deepEqual(found.at(-1), curve('long', 26_000).at(-1));
  });

  test('cuts values that are too long for MLflow', async () => {
    const run = await newRun(client);
    await client.log(run.runId, { params: { long: 'ü'.repeat(7000) }, tags: { long: 'y'.repeat(9000) } });
    const found = await client.getRun(run.runId);
    assert.equal(found.params['long'], 'ü'.repeat(6000));
    assert.equal(found.tags['long'], 'y'.repeat(8000));
  });

  test('uploads files byte for byte, of any name and size, and lists them', async () => {
    const run = await newRun(client);
    const big = join(dir, 'big.bin');
    writeFileSync(big, randomBytes(12_000_001));
    await client.uploadArtifact(run, 'export/AtoB/weights.bin', big);
    await client.uploadArtifact(run, 'export/empty', new Uint8Array());
    await client.uploadArtifact(run, 'samples/Zebra & Pferd, 100+1 ü😀.png', Buffer.from('image'));
    await client.uploadArtifact(run, 'config.yaml', Buffer.from('first, longer'));
    await client.uploadArtifact(run, 'config.yaml', Buffer.from('second'));

    const { artifacts } = await readByMlflow(server, run);
    assert.deepEqual(artifacts, {
      'export/AtoB/weights.bin': sha256(readFileSync(big)),
      'export/empty': sha256(Buffer.alloc(0)),
      'samples/Zebra & Pferd, 100+1 ü😀.png': sha256(Buffer.from('image')),
      'config.yaml': sha256(Buffer.from('second')),
    });
    assert.deepEqual(await client.listArtifacts(run.runId, 'export'), [
      { path: 'export/AtoB', isDir: true, fileSize: undefined },
      // The server omits a size of 0.
      { path: 'export/empty', isDir: false, fileSize: undefined },
    ]);
    assert.deepEqual(await client.listArtifacts(run.runId, 'nothing/here'), []);
  });

  test('finds an experiment again, and explains how to restore a deleted one', async () => {
    const name = `experiment ${++next} "ü"`;
    const [first, second] = await Promise.all([client.experiment(name), client.experiment(name)]);
    assert.equal(first.experimentId, second.experimentId);
    assert.equal((await client.experimentById(first.experimentId)).name, name);
    await post(server, 'experiments/delete', { experiment_id: first.experimentId });
    await assert.rejects(client.experiment(name), (error: ProblemError) => {
      assert.match(error.message, /was deleted/);
      assert.match(error.problems[0]!.cure!, new RegExp(`restore --experiment-id ${first.experimentId}`));
      return true;
    });
  });

  test('creates a run once for each id, again after its deletion, and finds nested runs by their parent', async () => {
    const { experimentId } = await client.experiment(`experiment ${++next}`);
    const request = { experimentId, runName: 'horse', startTime: 5, id: 'horse2zebra,loss.lambda=5-3f9a2c1b' };
    const parent = await client.createRun(request);
    assert.equal((await client.createRun(request)).runId, parent.runId);
    assert.equal(parent.runName, 'horse');
    const tags = { 'mlflow.parentRunId': parent.runId };
    const child = await client.createRun({ ...request, id: 'child', tags });
    const filter = `tags.\`mlflow.parentRunId\` = '${parent.runId}'`;
    const found = await client.searchRuns({ experimentIds: [experimentId], filter });
    assert.deepEqual(
      found.map(({ runId }) => runId),
      [child.runId],
    );
    await client.deleteRun(parent.runId);
    assert.equal((await client.getRun(parent.runId)).lifecycleStage, 'deleted');
    assert.notEqual((await client.createRun(request)).runId, parent.runId);
  });

  test('registers files of a run as one version of a model, also when it does so twice', async () => {
    const run = await newRun(client);
    await client.uploadArtifact(run, 'export/model.json', Buffer.from('{}'));
    const model = {
      name: 'horse to zebra',
      source: `${run.artifactUri}/export`,
      runId: run.runId,
      tags: { direction: 'AtoB' },
    };
    const version = await client.registerModel(model);
    assert.deepEqual(await client.registerModel(model), version);
    assert.deepEqual(version, { ...model, version: '1', status: 'READY' });
    const other = await newRun(client);
    const second = await client.registerModel({ ...model, source: `${other.artifactUri}/export`, runId: other.runId });
    assert.equal(second.version, '2');
  });

  test('reports a refusal with the server’s code and message', async () => {
    const run = await newRun(client);
    await client.logParams(run.runId, { width: '64' });
    await client.logParams(run.runId, { width: '64' });
    await assert.rejects(client.logParams(run.runId, { width: '32' }), (error: MlflowError) => {
      assert.ok(error instanceof MlflowError);
      assert.deepEqual([error.status, error.errorCode, error.temporary], [400, 'INVALID_PARAMETER_VALUE', false]);
      assert.match(error.message, /Changing param values is not allowed/);
      return true;
    });
    await assert.rejects(client.getRun('0123'), { errorCode: 'RESOURCE_DOES_NOT_EXIST', status: 404 });
    await assert.rejects(client.logMetrics('0123', curve('a', 1)), { errorCode: 'RESOURCE_DOES_NOT_EXIST' });
  });

  test('waits for a server that is restarted', async () => {
    const run = await newRun(client);
    await server.stop();
    const impatient = connect({ trackingUri: server.uri, env: {}, retries: 0 });
    await assert.rejects(impatient.getRun(run.runId), {
      temporary: true,
      // An open connection is lost; a new one is refused.
      message: /does not answer \((connection refused|the connection was lost)\)/,
    });
    // A server takes longer to start on a busy machine than the default retries last.
    const patient = connect({ trackingUri: server.uri, env: {}, retries: 50 });
    const logged = patient.logMetrics(run.runId, curve('loss', 10));
    await server.start();
    await logged;
    assert.equal((await client.metricHistory(run.runId, 'loss')).length, 10);
  });

  test('explains how to start a server that does not accept its host name', async () => {
    const { port } = new URL(server.uri);
    const otherHost = connect({ trackingUri: `http://mlflow.example:${port}`, env: { HTTP_PROXY: server.uri } });
    await assert.rejects(otherHost.getRun('0123'), (error: ProblemError) => {
      assert.ok(error instanceof ProblemError);
      assert.match(error.problems[0]!.cure!, /--allowed-hosts mlflow\.example/);
      return true;
    });
  });
});

test('the client sends the password of the environment or the address, and reports a wrong one', async () => {
  await withMlflow(
    async ({ uri }) => {
      // ASCII: MLflow's artifact proxy (3.17) refuses passwords with other letters, unlike the rest of its server.
      const user = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: 'right: horse @ 12' };
      const named = connect({ trackingUri: uri, env: user });
      const run = await newRun(named);
      await named.uploadArtifact(run, 'a.txt', Buffer.from('a'));
      const address = uri.replace('//', `//admin:${encodeURIComponent(user.MLFLOW_TRACKING_PASSWORD)}@`);
      assert.equal((await connect({ trackingUri: address, env: {} }).getRun(run.runId)).runId, run.runId);
      const wrong = { ...user, MLFLOW_TRACKING_PASSWORD: 'geheimnis' };
      for (const [env, message] of [
        [wrong, /does not accept the user and password/],
        [{ MLFLOW_TRACKING_TOKEN: 'geheimnis' }, /does not accept/],
        [{}, /requires a login/],
      ] as const) {
        await assert.rejects(connect({ trackingUri: uri, env }).getRun(run.runId), (error: ProblemError) => {
          assert.ok(error instanceof ProblemError);
          assert.match(error.message, message);
          assert.doesNotMatch(JSON.stringify(error.problems) + String(error.stack), /geheimnis/);
          return true;
        });
      }
    },
    { password: 'right: horse @ 12' },
  );
});

test('without an artifact proxy on this machine, the client writes files into the server’s folder', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'mlflow-files-')), 'runs');
  const args = ['--no-serve-artifacts', '--default-artifact-root', folder];
  await withMlflow(
    async (server) => {
      const client = connect({ trackingUri: server.uri, env: {} });
      const run = await newRun(client);
      const file = join(folder, '..', 'from.txt');
      writeFileSync(file, 'from a file');
      await client.uploadArtifact(run, 'notes/a.txt', file);
      await client.uploadArtifact(run, 'notes/b.txt', Buffer.from('bytes'));
      const listed = await client.listArtifacts(run.runId, 'notes');
      assert.deepEqual(
        listed.map(({ path, fileSize }) => [path, fileSize]),
        [
          ['notes/a.txt', 11],
          ['notes/b.txt', 5],
        ],
      );
      const model = { name: 'm', source: `${run.artifactUri}/notes`, runId: run.runId };
      assert.equal((await client.registerModel(model)).status, 'READY');
      const proxied = { artifactUri: `mlflow-artifacts:/1/${run.runId}/artifacts` };
      await assert.rejects(client.uploadArtifact(proxied, 'a.txt', Buffer.from('a')), ProblemError);
    },
    { args },
  );
  rmSync(join(folder, '..'), { recursive: true });
});

async function newRun(client: MlflowClient): Promise<Run> {
  const { experimentId } = await client.experiment('client');
  return client.createRun({ experimentId, runName: 'a run', startTime: 1_700_000_000_000, id: `run-${++next}` });
}

function curve(key: string, length: number): Metric[] {
  return Array.from({ length }, (_, step) => ({
    key,
    value: Math.sin(step) / 3,
    timestamp: 1_700_000_000_000 + step,
    step,
  }));
}

function pointsOf(metrics: readonly Metric[], name: string) {
  return metrics.filter(({ key }) => key === name).map(({ step, timestamp, value }) => [step, timestamp, value]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function post({ uri }: MlflowServer, path: string, json: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${uri}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(json),
  });
  assert.equal(response.status, 200);
}
