import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { omit, pick, viewOf } from '../../src/pipeline/view.js';
import { config } from '../rig.js';

const view = viewOf(config(), ['loss', 'dataset.image_size', 'train.epochs', 'nothing.there'], 'learn');

describe('the config that a stage sees', () => {
  test('contains the declared sections and values', () => {
    assert.equal((view.loss as { lambda: { forward: number } }).lambda.forward, 10);
    assert.equal(view.dataset.image_size, 16);
    assert.equal(view.train.epochs, 2);
  });

  test('throws an error with the stage and the path if anything else is read', () => {
    assert.throws(() => view.seed, /Stage "learn" reads "seed".*add "seed" to its reads/);
    assert.throws(() => view.dataset.load_size, /"dataset\.load_size"/);
  });

  test('lists and serialises only what is declared', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(view)), {
      dataset: { image_size: 16 },
      loss: config().loss,
      train: { epochs: 2 },
    });
    assert.ok(!('seed' in view));
  });

  test('cannot be written to', () => {
    assert.throws(() => Object.assign(view, { loss: 1 }), /readonly/);
  });

  test('can be awaited', async () => {
    assert.equal((await Promise.resolve(view)).dataset.image_size, 16);
  });
});

test('paths of a config are picked, merged, or omitted', () => {
  const value = { a: { b: 1, c: 2 }, d: 3 };
  assert.deepEqual(pick(value, ['a.b', 'd', 'x.y']), { a: { b: 1 }, d: 3 });
  assert.deepEqual(pick(value, ['a', 'a.b']), { a: { b: 1, c: 2 } });
  assert.deepEqual(omit(value, ['a.b', 'd']), { a: { c: 2 } });
  assert.deepEqual(omit(value, ['a.b', 'a.c']), { d: 3 }, 'nothing is left of a');
  assert.deepEqual(omit({ a: { b: 1 } }, ['a.b']), {}, 'nor of one key');
  assert.deepEqual(omit({ a: {} }, ['a.b']), { a: {} }, 'what was empty stays');
  assert.deepEqual(omit({ ab: 1, a: 2 }, ['a.b', 'a']), { ab: 1 });
  assert.deepEqual(value, { a: { b: 1, c: 2 }, d: 3 });
});
