import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { withFiles } from './rig.js';

async function loaded(t: TestContext, yaml: string, base = '{}') {
  const files = await withFiles(t, { 'a.yaml': `extends: base.yaml\n${yaml}`, 'base.yaml': base });
  const { value, texts } = await files.load('a.yaml');
  return { config: value?.config, notes: value?.notes, texts };
}

describe('an entry of stages or tracking', () => {
  test('has its name as its type, or the type that it sets, or that of a bare name', async (t) => {
    const yaml = `
stages: {again: evaluate, more: {type: evaluate, needs: [train]}}
tracking: {tensorboard: {}, mlflow: mlflow, team: {type: mlflow, experiment: ours}, other: mlflow}`;
    const { config, texts } = await loaded(t, yaml);
    assert.deepEqual(texts, []);
    assert.deepEqual(config!.stages['again'], { type: 'evaluate', needs: [] });
    assert.deepEqual(config!.stages['more'], { type: 'evaluate', needs: ['train'] });
    assert.deepEqual(config!.tracking, {
      tensorboard: {},
      mlflow: { type: 'mlflow', experiment: 'runner' },
      team: { type: 'mlflow', experiment: 'ours' },
      other: { type: 'mlflow', experiment: 'runner' },
    });
  });

  test('keeps the options that its new type has too, and a note lists the dropped ones', async (t) => {
    const { config, notes } = await loaded(
      t,
      'tracking: {team: tensorboard}',
      'tracking: {team: {type: mlflow, experiment: x}}',
    );
    assert.deepEqual(config!.tracking, { team: { type: 'tensorboard' } });
    assert.deepEqual(notes, [
      'tracking.team is tensorboard now (it was mlflow), so mlflow’s option experiment no longer counts.',
    ]);
  });

  test('is validated against the options of its type', async (t) => {
    const { texts } = await loaded(
      t,
      'tracking:\n  team: {type: mlflo}\n  ours: {type: mlflow, experimnt: x}\n  mlflow: {experimnt: x}\nstages: {a: blur}',
    );
    assert.deepEqual(texts, [
      'a.yaml:3:16 unknown-component: There is no tracker called "mlflo". There are: tensorboard, mlflow. -> Did you mean "mlflow"?',
      'a.yaml:4:24 unknown-key: Unknown key "experimnt" in tracking.ours (type mlflow). -> Did you mean "experiment"?',
      'a.yaml:5:12 unknown-key: Unknown key "experimnt" in tracking.mlflow. -> Did you mean "experiment"?',
      'a.yaml:6:13 unknown-component: There is no stage called "blur". There are: preprocess, train, evaluate, export.',
    ]);
  });

  test('must have a name that can be a file name if it is a tracker', async (t) => {
    const { texts } = await loaded(t, 'tracking: {../up: mlflow}');
    assert.deepEqual(texts, [
      'a.yaml:2:12 bad-tracker-name: A tracker cannot be called "../up": the name is used as a file name. -> Use letters, digits, "-" and "_".',
    ]);
  });
});
