import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ProblemError } from '../../../src/support/problem.js';
import { Rig } from '../../rig.js';

describe('at the end of a run, its report', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await Rig.create();
  });
  afterEach(() => rig.remove());

  const reportIn = async () => readFileSync(join((await rig.runDirs())[0]!, 'report.html'), 'utf8');
  const warnings = () =>
    rig.events.flatMap((event) => (event.kind === 'note' && event.level === 'warning' ? event.text : []));

  test('is there when trackers hear of the end', async () => {
    rig.stages({
      learn: {
        run: (context) => {
          context.emit({ kind: 'metric', name: 'loss', step: 1, value: 1 });
          return { status: 'done', outputs: {} };
        },
      },
    });
    let atTheEnd: string | undefined;
    const ended = rig.run(undefined, {
      listen: (event) => {
        rig.events.push(event);
        if (event.kind !== 'run-ended') return;
        const plan = rig.event('plan');
        atTheEnd = readFileSync(join(plan.runDir, 'report.html'), 'utf8');
      },
    });
    assert.equal((await ended).status, 'done');
    assert.match(atTheEnd!, /Done/);
    assert.deepEqual(warnings(), []);
  });

  test('says why the run failed', async () => {
    rig.stages({
      learn: {
        run: () => {
          throw new ProblemError({ code: 'diverged', message: 'The losses are not finite.' });
        },
      },
    });
    assert.equal((await rig.run()).status, 'failed');
    assert.match(await reportIn(), /The run failed in learn[^<]*: The losses are not finite\./);
  });

  test('says that the run was stopped', async () => {
    rig.stages({ learn: { run: () => ({ status: 'interrupted' }) } });
    assert.equal((await rig.run()).status, 'interrupted');
    assert.match(await reportIn(), /The run was stopped/);
  });

  test('that cannot be written is a warning, and no failure of the run', async () => {
    rig.stages({
      learn: {
        run: ({ dir }) => {
          mkdirSync(join(dir, '..', 'report.html'));
          return { status: 'done', outputs: {} };
        },
      },
    });
    assert.equal((await rig.run()).status, 'done');
    assert.match(warnings()[0]!, /The report could not be written: .*`runner report toy-[0-9a-f]{8}`/);
  });

  test('changes nothing about what is up to date', async () => {
    assert.equal((await rig.run()).status, 'done');
    assert.equal((await rig.run()).status, 'up-to-date');
  });
});
