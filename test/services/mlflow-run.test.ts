import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';
import { Journal, readJournal } from '../../src/pipeline/journal.js';
import { paramsOf } from '../../src/pipeline/run-name.js';
import { catchUp } from '../../src/pipeline/tracking/catch-up.js';
import { builtins } from '../../src/app/builtins.js';
import type { Config } from '../../src/registry/config.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import { connect } from '../../src/tracking/mlflow/client/connect.js';
import { config } from '../rig.js';
import { metric, started } from '../tracking/mlflow/records.js';
import { curvesOf, readByMlflow, sharedMlflow, TrackedExperiment } from './mlflow-rig.js';

const shared = sharedMlflow();
before(shared.start);
after(shared.stop);

const TRAINING = ['run', 'tiny.yaml', '--set', 'train.epochs=12'] as const;

describe('a real MLflow server', () => {
  let tracked: TrackedExperiment;
  beforeEach(async () => {
    tracked = await TrackedExperiment.create(shared.server);
  });
  afterEach(() => tracked.remove());

  test('has the parameters, curves, files, models and parent of a finished run', async () => {
    const client = connect({ trackingUri: shared.server.uri, env: {} });
    const { experimentId } = await client.experiment(tracked.name);
    const parent = await client.createRun({ experimentId, runName: 'sweep', startTime: 1, id: `sweep-${process.pid}` });
    const model = `zebra${process.pid}`;
    const nested = ['--set', `tracking.mlflow.parent=${parent.runId}`, '--set', `tracking.mlflow.register=${model}`];
    const { code, stdout, stderr } = await tracked.experiment.run('run', 'tiny.yaml', ...nested);
    assert.equal(code, 0, stdout + stderr);

    const filter = `tags.\`mlflow.parentRunId\` = '${parent.runId}'`;
    const [run] = await client.searchRuns({ experimentIds: [experimentId], filter });
    await client.deleteRun(parent.runId);
    assert.equal((await tracked.isWholeOnce()).runId, run!.runId);
    const runDir = await tracked.experiment.runDir();
    const { time } = readJournal(join(runDir, 'journal.jsonl')).at(-1)!;
    assert.equal(run!.endTime, time);
    assert.equal(run!.runName, runDir.split('/').at(-1));
    assert.match(run!.tags['mlflow.source.name']!, /^runner run tiny\.yaml --set/);
    const resolved = parse(await readFile(join(runDir, 'config.yaml'), 'utf8')) as Config;
    const params = Object.entries(paramsOf(resolved, builtins())).map(([path, value]) => [path, String(value)]);
    assert.deepEqual(run!.params, Object.fromEntries(params));
    for (const direction of ['AtoB', 'BtoA']) {
      const source = `${run!.artifactUri}/export/${direction}/saved-model`;
      const version = await client.registerModel({ name: `${model}-${direction}`, source, runId: run!.runId });
      assert.equal(version.version, '1');
    }
  });

  test('has the data sets of a run, and its best and last checkpoint as models with their metrics', async () => {
    const changes = [
      'dataset.validation=3',
      'train.keep_best.metric=psnr',
      'evaluate.metrics=[psnr]',
      'train.epochs=3',
    ];
    const { code, stdout, stderr } = await tracked.experiment.run(
      ...['run', 'tiny.yaml'],
      ...changes.flatMap((change) => ['--set', change]),
    );
    assert.equal(code, 0, stdout + stderr);
    const found = await readByMlflow(shared.server, await tracked.isWholeOnce());
    assert.deepEqual(found.datasets.map(({ context }) => context).sort(), ['test', 'training', 'validation']);
    const validation = found.datasets.find(({ context }) => context === 'validation')!;
    assert.deepEqual(JSON.parse(validation.profile), { valA: 3, valB: 3 });

    const runDir = await tracked.experiment.runDir();
    const best = JSON.parse(await readFile(join(runDir, 'train', 'best.json'), 'utf8')) as { step: number };
    const steps = new Map(found.models.flatMap(({ name, step }) => name.split('-and-').map((role) => [role, step])));
    assert.deepEqual([...steps.keys()].sort(), ['best', 'last']);
    assert.equal(steps.get('best'), best.step);
    for (const { status, step, metrics } of found.models) {
      assert.equal(status, 'READY');
      const validated = metrics.filter(([key]) => key.startsWith('validate/')).map(([key, at]) => [key, at]);
      assert.deepEqual(validated.sort(), [
        ['validate/AtoB/psnr', step],
        ['validate/BtoA/psnr', step],
      ]);
    }
    const chosen = found.models.find(({ step }) => step === best.step)!;
    assert.ok(chosen.metrics.some(([key]) => key === 'evaluate/AtoB/psnr'));
  });

  test('has the status of an interrupted and of a killed run, continues the same one, and is complete in the end', async () => {
    const stopped = tracked.experiment.start(...TRAINING);
    await tracked.experiment.checkpointOf(8);
    stopped.process.kill('SIGINT');
    assert.equal((await stopped.ended).code, 130);
    assert.equal((await tracked.onlyRun()).status, 'KILLED');

    const killed = tracked.experiment.start(...TRAINING);
    await tracked.runWhen(({ status }) => status === 'RUNNING');
    await tracked.experiment.checkpointOf(48);
    killed.process.kill('SIGKILL');
    await killed.ended;
    assert.equal((await tracked.onlyRun()).status, 'RUNNING');
    await tracked.sync();
    const { status, tags, endTime } = await tracked.onlyRun();
    assert.deepEqual([status, tags['runner.status']], ['FAILED', 'crashed']);
    const records = readJournal(join(await tracked.experiment.runDir(), 'journal.jsonl'));
    assert.equal(endTime, records.at(-1)!.time);

    const last = await tracked.experiment.run(...TRAINING);
    assert.equal(last.code, 0, last.stdout + last.stderr);
    const run = await tracked.isWholeOnce();
    assert.equal(run.tags['runner.status'], 'finished');
    assert.equal((await tracked.curves(run))['loss/G/total']!.length, 12 * 8);
  });

  test('has the status of a failed run', async () => {
    const failing = `export default { metric: { broken: { summary: 'x', schema: { properties: {} }, better: 'lower',
      create: () => ({ better: 'lower', needs: {}, start() { throw new Error('no luck'); } }) } } };`;
    await writeFile(join(tracked.experiment.dir, 'broken.mjs'), failing);
    const broken = ['--set', 'plugins=["./broken.mjs"]', '--set', 'evaluate.metrics=["broken"]'];
    const { code } = await tracked.experiment.run('run', 'tiny.yaml', ...broken);
    assert.equal(code, 1);
    const { status, tags } = await tracked.onlyRun();
    assert.deepEqual([status, tags['runner.status']], ['FAILED', 'failed']);
  });
});

test('numbers of all kinds are stored by MLflow, and a run whose process died has failed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'mlflow-numbers-'));
  try {
    const values = [1e-320, -0, 5, 1.7976931348623157e308, Infinity, -Infinity, NaN];
    const points = values.map((value, i) => metric('odd/value', i + 1, value));
    const records: RunRecord[] = [started(1000), ...points, metric('acc@1', 1, 0.5)];
    const journal = new Journal(join(dir, 'journal.jsonl'));
    for (const record of records) journal.append(record);
    journal.close();
    const { uri } = shared.server;
    const tracking = {
      mlflow: { uri, experiment: 'numbers', artifacts: [], register: null, parent: null, sweep: null, tags: {} },
    };
    const notes: string[] = [];
    const run = { runDir: dir, runName: 'numbers', config: config({ tracking }), components: builtins(), env: {} };
    const stop = new AbortController().signal;
    const caught = await catchUp(run, { listen: (event) => notes.push(JSON.stringify(event)), stop });
    assert.deepEqual([caught?.left, notes], [[], []]);

    const client = connect({ trackingUri: uri, env: {} });
    const { experimentId } = await client.experiment('numbers');
    const [stored] = await client.searchRuns({ experimentIds: [experimentId] });
    assert.equal(stored!.status, 'FAILED');
    const history = await client.metricHistory(stored!.runId, 'odd/value');
    assert.deepEqual(
      history.map(({ step, value, timestamp }) => [step, value, timestamp]).sort((a, b) => a[0]! - b[0]!),
      curvesOf(points)['odd/value'],
    );
    assert.equal(stored!.metrics['acc_u0040_1'], 0.5);
  } finally {
    await rm(dir, { recursive: true });
  }
});
