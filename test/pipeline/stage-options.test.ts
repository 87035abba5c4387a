import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Json } from '../../src/support/json.js';
import { config, Rig } from '../rig.js';

let rig: Rig;
beforeEach(async () => (rig = await Rig.create()));
afterEach(() => rig.remove());

/** The usual stages, with their own options. */
const withOptions = (prepare: Record<string, Json>, learn: Record<string, Json> = {}) =>
  config({
    stages: {
      prepare: { type: 'prepare', needs: [], ...prepare },
      learn: { type: 'learn', needs: ['prepare'], ...learn },
      judge: { type: 'judge', needs: ['learn'] },
    },
  });

describe('a stage’s own options', () => {
  test('change the result of a shared stage, and of later stages', async () => {
    await rig.run(withOptions({ quality: 1 }));
    await rig.run(withOptions({ quality: 2 }));
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    assert.match(rig.reasons()['prepare']!, /^fresh: .*stages\.prepare\.quality: 1 -> 2/);
    await rig.run(withOptions({ quality: 1 }));
    assert.deepEqual(rig.ran, [], 'both results are kept');
  });

  test('change the result of a run’s stage, and of no earlier stage', async () => {
    await rig.run(withOptions({}, { rate: 1 }));
    await rig.run(withOptions({}, { rate: 2 }));
    assert.deepEqual(rig.ran, ['learn', 'judge']);
    assert.match(rig.reasons()['learn']!, /^fresh: .*stages\.learn\.rate: 1 -> 2/);
  });

  test('do not affect the result if they are passwords', async () => {
    await rig.run(withOptions({ address: 'https://me:first@host/' }));
    await rig.run(withOptions({ address: 'https://me:second@host/' }));
    assert.deepEqual(rig.ran, []);
  });
});
