import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Launcher } from '../../src/registry/kinds/launcher.js';
import { EtaEstimator } from '../../src/sweep/eta-estimator.js';
import type { FrozenSweep } from '../../src/sweep/frozen.js';
import { roundsOf } from '../../src/sweep/halving.js';
import { SweepPhase } from '../../src/sweep/phase.js';
import type { SweepEvent } from '../../src/sweep/sweep-events.js';
import { NO_RECORD, writeTrial } from '../../src/sweep/trial/trial-record.js';
import { temporaryFolder } from '../data/folder.js';

test('a trial that has ended by its record is not waited for, though its launcher says for ever that it runs', async (t) => {
  const dir = await temporaryFolder(t);
  const trials = [1, 2].map((id) => ({ id, label: `trial ${id}`, params: {}, run: `toy-${id}` }));
  const launcher: Launcher = {
    capacity: 2,
    detached: true,
    interval: 1,
    submit: ({ trials: ids }) => Promise.resolve(new Map(ids.map((id) => [id, `job ${id}`]))),
    watch: (handles) => Promise.resolve(new Map(handles.map((handle) => [handle, 'running' as const]))),
    cancel: () => Promise.resolve(),
  };
  const events: SweepEvent[] = [];
  const sweep = { trials, halving: null } as unknown as FrozenSweep;
  const phaseOf = (overdue: number) =>
    SweepPhase.begin(
      { trials, rounds: roundsOf(null, 1), pace: new EtaEstimator(), failed: 0 },
      { dir, sweep, launcher, launcherName: 'toy', command: () => [], listen: (event) => events.push(event), overdue },
    );

  const phase = await phaseOf(0);
  await phase.step(true);
  await phase.step(true);
  assert.equal(phase.runningCount, 2);
  const attempt = { host: 'node', pid: 1, started: '', finished: '', seconds: 3 };
  await writeTrial(dir, 1, { ...NO_RECORD, status: 'done', attempts: [attempt] });
  await writeTrial(dir, 2, { ...NO_RECORD, status: 'running', attempts: [attempt] });
  await phase.step(true);
  assert.equal(phase.runningCount, 1);
  assert.deepEqual(phase.succeeded.map(({ id }) => id), [1]); // prettier-ignore
  assert.deepEqual(events.flatMap((event) => (event.kind === 'trial-ended' ? [[event.trial.id, event.state]] : [])), [[1, 'done']]); // prettier-ignore
});
