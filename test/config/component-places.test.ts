import assert from 'node:assert/strict';
import { test } from 'node:test';
import { componentPlaces, usualPlaces } from '../../src/config/component-places.js';
import { builtins } from '../../src/app/builtins.js';
import { stub, testComponents } from './rig.js';

test('every kind of component has a place in a config, with its usage in YAML', () => {
  const places = usualPlaces(builtins());
  assert.deepEqual([...places.keys()].sort(), Object.keys(builtins()).sort());
  const usage = (kind: Parameters<typeof places.get>[0]) => places.get(kind)!.usage;
  assert.equal(usage('generator'), 'generator: {type: NAME, ...}');
  assert.equal(usage('adversarial'), 'loss: {adversarial: NAME}, or {adversarial: {type: NAME, ...}}');
  assert.equal(usage('metric'), 'evaluate: {metrics: [NAME, {type: NAME, ...}]}');
  assert.equal(usage('stage'), 'stages: {NAME: {needs: [...], ...}}');
  assert.equal(usage('extractor'), 'evaluate: {metrics: [{type: kernel-distance, extractor: NAME}]}');
  assert.equal(usage('tracker'), 'tracking: {NAME: {...}}');
});

test('an option of a component, or of a stage’s section, can be the place of a component', () => {
  const components = testComponents();
  const judge = { description: 'Judges.', type: 'array', 'x-kind': 'metric', default: [] };
  components.generator.add('judged', stub({ judge }));
  const section = { key: 'fid', description: 'x', properties: { judge } };
  components.stage.add('fid', stub({}, { section } as object));
  const paths = componentPlaces(components).flatMap(({ kind, path }) => (kind === 'metric' ? [path] : []));
  assert.deepEqual(paths.sort(), ['evaluate.metrics', 'fid.judge', 'generator.judge']);
});
