import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { StartOver } from '../../../src/registry/kinds/tracker.js';
import { ProblemError } from '../../../src/support/problem.js';
import { outage, refusal } from './fake-mlflow.js';
import { ended, metric, started, text } from './records.js';
import { MlflowRig } from './rig.js';

let rig: MlflowRig;
beforeEach(() => (rig = new MlflowRig()));
afterEach(() => rig.remove());

const curve = [metric('loss/G/total', 1, 3), metric('loss/G/total', 2, NaN), metric('lr', 2, 0.5)];

describe('a run on an MLflow server', () => {
  test('has the run’s name, start and parameters, and the tags of MLflow’s own clients', async () => {
    rig.options = { ...rig.options, parent: 'abc', tags: { team: 'vision' } };
    await rig.take(started(1000));
    const { run } = rig.server;
    assert.deepEqual(rig.server.experiments, ['toy']);
    assert.equal(run.newRun.runName, 'toy-12345678');
    assert.equal(run.newRun.startTime, 1000);
    assert.deepEqual(run.params, { 'generator.width': '64', 'dataset.flip': 'true', 'dataset.limit': 'null' });
    const { 'runner.id': id, ...tags } = run.tags;
    assert.match(id!, /^[0-9a-f]{16}$/);
    assert.deepEqual(tags, {
      'mlflow.user': 'ada',
      'mlflow.source.name': 'runner run horse2zebra.yaml',
      'mlflow.source.type': 'LOCAL',
      'mlflow.source.git.commit': 'c0ffee',
      'mlflow.source.git.branch': 'main',
      'mlflow.source.git.repoURL': 'https://example.org/zebras.git',
      'mlflow.parentRunId': 'abc',
      'runner.git.dirty': 'true',
      'runner.version': '0.1.0',
      'runner.host': 'lab3',
      'runner.run': 'toy-12345678',
      'runner.status': 'running',
      team: 'vision',
    });
  });

  test('has every point with its own time and step', async () => {
    await rig.take(started(1000), ...curve);
    assert.deepEqual(rig.server.run.history('loss/G/total'), [
      [1, 3],
      [2, NaN],
    ]);
    assert.deepEqual([...rig.server.run.points.values()].at(-1), { key: 'lr', value: 0.5, timestamp: 5002, step: 2 });
  });

  test('stays the same after a resume by any process, with the user of the last one', async () => {
    await rig.take(started(1000), curve[0]!, ended(2000, 'interrupted'));
    rig.restart();
    await rig.take(started(3000, { user: 'bob', git: null }), ...curve.slice(1));
    assert.equal(rig.server.runs.length, 1);
    assert.equal(rig.server.run.tags['mlflow.user'], 'bob');
    assert.equal(rig.server.run.points.size, 3);
    assert.deepEqual(rig.server.run.statuses, ['KILLED', 'RUNNING']);
  });

  for (const [end, status] of [
    ['finished', 'FINISHED'],
    ['failed', 'FAILED'],
    ['interrupted', 'KILLED'],
    ['crashed', 'FAILED'],
  ] as const) {
    test(`is ${status} once the run has ${end}`, async () => {
      await rig.take(started(1000), ...curve);
      await rig.take(ended(2000, end));
      assert.equal(rig.server.run.status, status);
      assert.equal(rig.server.run.endTime, 2000);
      assert.equal(rig.server.run.tags['runner.status'], end);
    });
  }

  test('has the last of several ends in one batch', async () => {
    const ends = [started(1000), ended(2000, 'crashed'), started(3000), ended(4000, 'interrupted'), started(5000)];
    await rig.take(...ends);
    assert.equal(rig.server.run.status, 'RUNNING');
    await rig.take(...ends, ended(6000, 'finished'));
    assert.equal(rig.server.run.status, 'FINISHED');
    assert.equal(rig.server.run.endTime, 6000);
  });

  test('does not end before all of its records are sent', async () => {
    await rig.take(started(1000));
    rig.server.fail = (call) => (call === 'log' ? outage() : undefined);
    await assert.rejects(rig.take(...curve, ended(2000, 'finished')));
    assert.equal(rig.server.run.status, 'RUNNING');
  });

  test('is created once, with each point once, whatever call fails, before or after it was carried out, in any process', async () => {
    rig.file('config.yaml');
    rig.file('environment.json');
    rig.file('journal.jsonl');
    const all = [started(1000), ...curve, text('data', 0, 'words'), ended(2000, 'finished')];
    const once = new Set<string>();
    rig.server.fail = (call, when, detail) => {
      const key = `${call} ${when} ${detail}`;
      if (once.has(key)) return undefined;
      once.add(key);
      return outage();
    };
    let attempts = 0;
    for (let done = false; !done && attempts < 100; attempts++) {
      rig.restart();
      done = await rig.take(...all.slice(0, attempts % 2 === 0 ? 2 : all.length)).then(
        () => attempts % 2 === 1,
        () => false,
      );
    }
    assert.ok(attempts > 8 && attempts < 100, `${attempts} attempts`);
    assert.equal(rig.server.runs.length, 1);
    assert.equal(rig.server.run.points.size, 3);
    assert.equal(rig.server.run.status, 'FINISHED');
    assert.deepEqual([...rig.server.run.files.keys()].sort(), [
      'config.yaml',
      'environment.json',
      'journal.jsonl',
      'preprocess/data.md',
    ]);
  });

  test('is another one for a run of the same name on another machine', async () => {
    await rig.take(started(1000));
    rig.restart();
    rig.state = undefined;
    await rig.take(started(1000, { machine: { host: 'lab4' } }));
    assert.equal(rig.server.runs.length, 2);
  });
});

describe('the MLflow run of a run that was renamed', () => {
  const renamed = async () => {
    await rig.take(started(1000), ended(5000, 'finished'));
    rig.restart();
    rig.runName = 'judge-12345678';
  };

  test('has the new name and is otherwise unchanged', async () => {
    await renamed();
    await rig.take(metric('lr', 3, 1));
    const { run, runs } = rig.server;
    assert.deepEqual([runs.length, run.runName, run.tags['runner.run']], [1, 'judge-12345678', 'judge-12345678']);
    assert.deepEqual([run.status, run.endTime], ['FINISHED', 5000]);
  });

  test('keeps a name that a user set in MLflow', async () => {
    await renamed();
    rig.server.run.runName = 'my best';
    await rig.take(metric('lr', 3, 1));
    assert.equal(rig.server.run.runName, 'my best');
    assert.equal(rig.server.run.tags['runner.run'], 'judge-12345678');
  });
});

describe('an MLflow run that was deleted', () => {
  test('is recreated from the beginning by the next process', async () => {
    await rig.take(started(1000), ...curve);
    rig.server.run.deleted = true;
    rig.restart();
    await assert.rejects(rig.take(metric('lr', 3, 1)), StartOver);
    rig.state = undefined;
    rig.restart();
    await rig.take(started(1000), ...curve, metric('lr', 3, 1));
    assert.equal(rig.server.runs.length, 2);
    assert.equal(rig.server.run.points.size, 4);
    assert.equal(Object.keys(rig.server.run.params).length, 3);
  });

  test('stops the tracker if it existed a moment ago, because a user deleted it', async () => {
    await rig.take(started(1000), ...curve);
    rig.server.run.deleted = true;
    await assert.rejects(
      rig.take(metric('lr', 3, 1)),
      problem('mlflow-run-deleted', /was deleted.*runner sync toy-12345678/s),
    );
  });
});

describe('the MLflow run of MLFLOW_RUN_ID', () => {
  beforeEach(async () => {
    await rig.server.createRun({ experimentId: '0', runName: 'project', startTime: 1, id: 'p' });
    delete rig.server.run.tags['runner.id'];
    rig.env = { MLFLOW_RUN_ID: 'run1' };
  });

  test('is continued, and found again when the state is lost', async () => {
    await rig.take(started(1000), ...curve);
    assert.equal(rig.server.runs.length, 1);
    assert.equal(rig.server.run.points.size, 3);
    assert.equal(rig.server.run.params['generator.width'], '64');
    assert.equal(rig.server.run.tags['runner.run'], 'toy-12345678');
    [rig.state, rig.env] = [undefined, {}];
    rig.restart();
    await rig.take(started(1000));
    assert.equal(rig.server.runs.length, 1);
  });

  test('does not receive the records of two runs', async () => {
    await rig.take(started(1000));
    rig.restart();
    rig.state = undefined;
    await assert.rejects(rig.take(started(2000)), problem('mlflow-run-taken', /contains the records of toy-12345678/));
  });

  test('must exist', async () => {
    rig.env = { MLFLOW_RUN_ID: 'nowhere' };
    await assert.rejects(rig.take(started(1000)), problem('mlflow-no-run', /nowhere/));
  });

  test('is not used for a run that has another one, with a warning', async () => {
    rig.env = {};
    await rig.take(started(1000));
    rig.restart();
    rig.env = { MLFLOW_RUN_ID: 'run1' };
    await rig.take(metric('lr', 3, 1));
    assert.equal(rig.server.run.runId, 'run2');
    assert.equal(rig.server.run.points.size, 1);
    assert.match(rig.notes.join('\n'), /continues the MLflow run run2.*not MLFLOW_RUN_ID/);
  });
});

describe('a request that the server does not fulfil', () => {
  test('throws the temporary error unchanged, so that the records come again', async () => {
    rig.server.fail = () => outage();
    await assert.rejects(rig.take(started(1000)), (error) => !(error instanceof ProblemError));
  });

  test('throws a problem with MLflow’s message if the error is permanent', async () => {
    await rig.take(started(1000));
    rig.server.fail = (call) => (call === 'log' ? refusal('INVALID_PARAMETER_VALUE', 'No such metric.') : undefined);
    await assert.rejects(rig.take(...curve), problem('mlflow-refused', /No such metric\./));
  });
});

function problem(code: string, text: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof ProblemError, String(error));
    const { code: found, message, cure } = error.problems[0]!;
    assert.equal(found, code);
    assert.match(`${message} ${cure}`, text);
    return true;
  };
}
