import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { stageGraph } from '../../src/pipeline/stage-graph.js';
import { builtins } from '../../src/app/builtins.js';
import type { StageComponent } from '../../src/registry/kinds/stage.js';
import { config, stage } from '../rig.js';

const parts: Record<string, StageComponent> = {
  source: stage({ provides: 'data' }),
  user: stage({ consumes: ['data'] }),
  plain: stage(),
};

/** @param needs the needs of each stage; a stage's type is the beginning of its name */
function graphOf(needs: Readonly<Record<string, readonly string[]>>) {
  const components = builtins();
  for (const [name, component] of Object.entries(parts)) components.stage.add(name, component);
  const stages = Object.entries(needs).map(([name, list]) => [name, { type: name.split('-')[0]!, needs: list }]);
  const experiment = {
    config: config({ stages: Object.fromEntries(stages) as Config['stages'] }),
    placeOf: (path: readonly string[]) => ({ file: path.join('.'), line: 1, column: 1 }),
  };
  return stageGraph(experiment, components);
}

function orderOf(needs: Readonly<Record<string, readonly string[]>>): string[] {
  const graph = graphOf(needs);
  assert.ok(graph.ok);
  return graph.value.map(({ name }) => name);
}

function problemOf(needs: Readonly<Record<string, readonly string[]>>) {
  const graph = graphOf(needs);
  assert.ok(!graph.ok);
  assert.equal(graph.problems.length, 1);
  return graph.problems[0]!;
}

describe('the stage graph', () => {
  test('runs a stage after those that it needs, otherwise in the order of the file', () => {
    assert.deepEqual(orderOf({ 'plain-c': ['plain-a'], 'plain-b': [], 'plain-a': [] }), [
      'plain-b',
      'plain-a',
      'plain-c',
    ]);
  });

  test('reports the stages of a cycle', () => {
    const problem = problemOf({
      'plain-a': ['plain-c'],
      'plain-b': ['plain-a'],
      'plain-c': ['plain-b'],
      'plain-d': ['plain-a'],
    });
    assert.equal(problem.code, 'stage-cycle');
    assert.match(problem.message, /plain-a -> plain-c -> plain-b -> plain-a/);
    assert.equal(problem.place?.file, 'stages.plain-a.needs');
  });

  test('reports a stage that needs itself as a cycle', () => {
    assert.equal(problemOf({ 'plain-a': ['plain-a'] }).code, 'stage-cycle');
  });

  test('takes an artifact from the one stage in the needs that provides it', () => {
    const graph = graphOf({ 'source-a': [], 'source-b': [], 'user-c': ['source-b'] });
    assert.ok(graph.ok);
    assert.deepEqual(graph.value.at(-1)!.inputs, { data: 'source-b' });
  });

  test('reports an artifact as missing that only a stage outside the needs provides, and suggests that stage', () => {
    const problem = problemOf({ source: [], plain: ['source'], user: ['plain'] });
    assert.equal(problem.code, 'missing-input');
    assert.match(problem.cure!, /"source"/);
    assert.equal(problem.place?.file, 'stages.user');
  });

  test('reports an artifact as missing that no stage, or only its consumer, provides', () => {
    const problem = problemOf({ plain: [], user: ['plain'] });
    assert.match(problem.message, /that it needs \(plain\) provides it/);
    assert.equal(problem.cure, 'Add a stage that provides data; no stage of this config does.');
    assert.match(problemOf({ user: [] }).message, /that it needs \(none\) provides it/);
  });

  test('reports an artifact as ambiguous that two of the needs provide', () => {
    const problem = problemOf({ 'source-a': [], 'source-b': [], user: ['source-a', 'source-b'] });
    assert.equal(problem.code, 'ambiguous-input');
    assert.match(problem.message, /source-a, source-b/);
  });

  test('refuses a name that cannot be a folder', () => {
    for (const name of ['plain-a.b', 'plain-/..', 'tensorboard'])
      assert.equal(problemOf({ [name]: [] }).code, 'bad-stage-name');
  });

  test('reports all problems, not only the first', () => {
    const graph = graphOf({ 'unknown-a': [], 'other-b': [] });
    assert.ok(!graph.ok);
    assert.deepEqual(
      graph.problems.map(({ code }) => code),
      ['unknown-component', 'unknown-component'],
    );
  });
});
