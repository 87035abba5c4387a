import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Config } from '../../src/registry/config.js';
import { BOOKKEEPING } from '../../src/registry/option-parts.js';
import type { StageSection } from '../../src/registry/kinds/stage-section.js';
import { config, Rig } from '../rig.js';

let rig: Rig;
beforeEach(async () => (rig = await Rig.create()));
afterEach(() => rig.remove());

const section: StageSection = {
  key: 'fid',
  description: 'x',
  properties: {
    images: { description: 'How many.', type: 'integer' },
    threads: { description: 'How fast.', type: 'integer', ...BOOKKEEPING },
  },
};
const withSection = (images: number, threads = 1) => ({ ...config(), fid: { images, threads } }) as Config;

describe('the section of a stage', () => {
  test('affects the stages that read it, within the same run if none of them trains', async () => {
    rig.stages({ judge: { section, reads: ['fid'], consumes: ['networks'] } });
    await rig.run(withSection(1));
    await rig.run(withSection(2));
    assert.deepEqual(rig.ran, ['judge']);
    assert.match(rig.reasons()['judge']!, /fid\.images: 1 -> 2/);
    assert.equal((await rig.runDirs()).length, 1);
  });

  test('identifies another run if it can change a weight', async () => {
    rig.stages({ prepare: { section, scope: 'shared', reads: ['fid'], provides: 'data' } });
    await rig.run(withSection(1));
    await rig.run(withSection(2));
    assert.deepEqual(rig.ran, ['prepare', 'learn', 'judge']);
    assert.equal((await rig.runDirs()).length, 2);
  });

  test('makes no stage run again if only bookkeeping changes, or if no stage reads it', async () => {
    rig.stages({ judge: { section, reads: ['fid'], consumes: ['networks'] } });
    await rig.run(withSection(1));
    await rig.run(withSection(1, 2));
    assert.deepEqual(rig.ran, []);
    rig.stages({ other: { section } });
    await rig.run(withSection(1));
    await rig.run(withSection(2));
    assert.deepEqual(rig.ran, []);
    assert.equal((await rig.runDirs()).length, 1);
  });
});
