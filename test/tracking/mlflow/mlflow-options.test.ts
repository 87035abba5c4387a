import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyOf } from '../../../src/tracking/mlflow/mlflow-names.js';
import { checkOptions, destinationOf, type MlflowOptions } from '../../../src/tracking/mlflow/mlflow-options.js';

const options = (changes: Partial<MlflowOptions> = {}): MlflowOptions => ({
  uri: null,
  experiment: null,
  artifacts: ['export'],
  register: null,
  parent: null,
  sweep: null,
  tags: {},
  ...changes,
});
const problems = (changes: Partial<MlflowOptions>, env: NodeJS.ProcessEnv) =>
  checkOptions(options(changes), env).map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the options of tracking.mlflow', () => {
  test('require a server, in the config or the environment', () => {
    assert.deepEqual(problems({ uri: 'http://a:1' }, {}), []);
    assert.deepEqual(problems({}, { MLFLOW_TRACKING_URI: 'https://a' }), []);
    assert.match(problems({}, {})[0]!, /^uri: .*none in MLFLOW_TRACKING_URI/);
    assert.match(problems({}, { MLFLOW_TRACKING_URI: '' })[0]!, /^uri: .*none in MLFLOW_TRACKING_URI/);
  });

  test('require an HTTP server', () => {
    for (const uri of ['sqlite:///ml.db', './mlruns', 'http://', 'databricks']) {
      assert.match(problems({}, { MLFLOW_TRACKING_URI: uri })[0]!, /http:\/\/ or https:\/\/, found ".*" in MLFLOW/);
    }
  });

  test('require that registered models are uploaded', () => {
    assert.match(problems({ uri: 'http://a', register: 'zebra', artifacts: ['config'] }, {})[0]!, /^register: /);
    assert.deepEqual(problems({ uri: 'http://a', register: 'zebra' }, {}), []);
  });

  test('give another destination when the MLflow run would be another one', () => {
    const destination = (changes: Partial<MlflowOptions>, env: NodeJS.ProcessEnv = {}) =>
      destinationOf(options({ uri: 'http://a', ...changes }), env);
    const all = [
      destination({}),
      destination({ uri: 'http://b' }),
      destination({ experiment: 'e' }),
      destination({}, { MLFLOW_EXPERIMENT_ID: '7' }),
      destination({ parent: 'p' }),
    ];
    assert.equal(new Set(all).size, all.length);
    assert.equal(destination({ experiment: 'e' }), destination({}, { MLFLOW_EXPERIMENT_NAME: 'e' }));
    assert.equal(destinationOf(options(), { MLFLOW_TRACKING_URI: 'http://a/' }), destination({}));
    assert.equal(destination({ register: 'x', tags: { a: 'b' }, artifacts: [] }), destination({}));
  });

  test('put no password into the destination, and give the same one from the config that a run stores', () => {
    const of = (uri: string) => destinationOf(options({ uri }), {});
    assert.equal(of('https://ada:secret@host'), 'https://host');
    assert.equal(of('https://***@host'), of('https://ada:secret@host'));
  });
});

describe('metric names', () => {
  test('are unchanged if MLflow accepts them', () => {
    for (const name of ['loss/G/adversarial', 'a b-c_d.e', '斑马/é']) assert.equal(keyOf(name), name);
  });

  test('are escaped readably for MLflow, and different names stay different', () => {
    assert.equal(keyOf('acc@1'), 'acc_u0040_1');
    assert.equal(keyOf('a:b'), 'a_u003a_b');
    assert.equal(keyOf('/a//b/../c/.'), '_/a/_/b/_u002e__u002e_/c/_u002e_');
    const long = (end: string) => keyOf('x'.repeat(300) + end);
    assert.equal(long('a').length, 250);
    assert.notEqual(long('a'), long('b'));
  });
});
