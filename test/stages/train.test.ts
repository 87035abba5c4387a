import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { builtins } from '../../src/app/builtins.js';
import type { Config } from '../../src/registry/config.js';
import type { SourceWork } from '../../src/registry/kinds/dataset.js';
import type { StageContext } from '../../src/registry/kinds/stage.js';
import { train } from '../../src/stages/train.js';
import { ProblemError } from '../../src/support/problem.js';
import { config } from '../rig.js';

const NOT_FETCHED = new ProblemError({ code: 'weights-not-fetched', message: 'no network', cure: 'Bring them.' });

/** A training without any data, whose metrics ask an extractor that only can be prepared. */
function training(prepare: (work: SourceWork) => Promise<void>, stages: Config['stages']) {
  const components = builtins();
  components.extractor.add('remote', {
    summary: 'weights that are elsewhere',
    schema: { properties: {} },
    create: () => ({
      prepare,
      identity: () => Promise.resolve('remote'),
      open: () => assert.fail('opened'),
    }),
  });
  const stop = new AbortController();
  const defaults = config();
  const metrics = [{ type: 'kernel-distance', extractor: 'remote' }];
  const context: StageContext = {
    config: { ...defaults, stages, evaluate: { ...defaults.evaluate, metrics } },
    components,
    dir: '/nowhere/train',
    inputs: { dataset: { dir: '/nowhere/data', fingerprint: 'none', outputs: {} } },
    runName: 'toy',
    signal: stop.signal,
    earlier: [],
    emit: () => undefined,
    recorded: () => Promise.resolve(),
  };
  return { stop, run: () => train.create({} as never).run(context) };
}

const failing = () => Promise.reject(NOT_FETCHED);
const evaluated = { train: { type: 'train', needs: [] }, measure: { type: 'evaluate', needs: [] } };

describe('a training that an evaluation follows', () => {
  test('fetches the weights of its extractors first, so that a failure ends it before the data is read', async () => {
    await assert.rejects(training(failing, evaluated).run(), (error) => error === NOT_FETCHED);
  });

  test('is interrupted if the user stops it meanwhile', async () => {
    const { stop, run } = training(({ signal }) => {
      stop.abort();
      return Promise.reject(signal.reason as Error);
    }, evaluated);
    assert.deepEqual(await run(), { status: 'interrupted' });
  });
});

test('a training without an evaluation fetches no weights', async () => {
  const { train: alone } = evaluated;
  await assert.rejects(training(failing, { train: alone }).run(), (error) => error !== NOT_FETCHED);
});
