import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameModels, refuseNamesakes } from '../../../src/serving/engine/name-models.js';
import { problemOf } from '../../problem-of.js';

const generator = (direction: 'AtoB' | 'BtoA', step?: number) => ({
  direction,
  name: 'zebra',
  step,
  title: 'zebra, step 5',
  training: { imageSize: 64, interpolation: 'bicubic' as const },
  sizes: { multiple: 4, least: 8 },
});
const place = { place: { kind: 'bundle', dir: '/b' }, given: 'zebra' } as const;
const called = (models: ReturnType<typeof nameModels>) => models.map(({ name, version }) => `${name}/${version}`);

test('a model has the name of its run and the step of its checkpoint', () => {
  const [model] = nameModels(place, [generator('AtoB', 450)]);
  assert.deepEqual(model, {
    name: 'zebra',
    version: 450,
    direction: 'AtoB',
    title: 'zebra, step 5',
    imageSize: 64,
    sizes: { multiple: 4, least: 8 },
  });
});

test('where there are two directions, the names have them; a bundle is version 1', () => {
  assert.deepEqual(called(nameModels(place, [generator('AtoB'), generator('BtoA')])), ['zebra-AtoB/1', 'zebra-BtoA/1']);
});

test('the user’s name comes before the run’s', () => {
  assert.deepEqual(called(nameModels({ ...place, name: 'mine' }, [generator('AtoB', 7)])), ['mine/7']);
});

test('two of one name and version are refused, two versions are not', async () => {
  const [old, recent] = [generator('AtoB', 1), generator('AtoB', 2)].map((each) => nameModels(place, [each])[0]!);
  refuseNamesakes([
    [old!, 'runs/a@1'],
    [recent!, 'runs/a@2'],
  ]);
  const twice = () =>
    refuseNamesakes([
      [old!, 'runs/a'],
      [old!, 'runs/b'],
    ]);
  const problem = await problemOf(Promise.resolve().then(twice));
  assert.equal(problem.code, 'same-model');
  assert.match(problem.message, /runs\/a and runs\/b would both be served as zebra, version 1/);
});
