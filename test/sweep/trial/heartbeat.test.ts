import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { readProgress } from '../../../src/sweep/trial/heartbeat.js';
import { trialFile } from '../../../src/sweep/sweep-files.js';
import { Rig } from '../../rig.js';

test('the progress that an earlier version wrote is read as nothing trained', async (t) => {
  const rig = await Rig.create();
  t.after(() => rig.remove());
  const written = { kind: 'progress', unit: 'steps', done: 3, total: 9, stage: 'train' };
  mkdirSync(trialFile.dir(rig.dir, 1), { recursive: true });
  rig.write(trialFile.progress('', 1), JSON.stringify(written));
  assert.deepEqual(await readProgress(rig.dir, 1), { ...written, trained: 0 });
});
