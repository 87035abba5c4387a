import assert from 'node:assert/strict';
import { fstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { RunnerEvent } from '../../../src/pipeline/runner-events.js';
import { Journal, readJournal } from '../../../src/pipeline/journal.js';
import { catchUp } from '../../../src/pipeline/tracking/catch-up.js';
import { lagging } from '../../../src/pipeline/tracking/tracker-feeds.js';
import type { RunRecord } from '../../../src/registry/kinds/record.js';
import type { TrackerSite } from '../../../src/registry/kinds/tracker.js';
import { acquireLock } from '../../../src/support/lock.js';
import { ProblemError } from '../../../src/support/problem.js';
import { config, Rig } from '../../rig.js';

describe('a run’s trackers', () => {
  let rig: Rig;
  let had: RunRecord[];
  let site: TrackerSite | undefined;
  let down: boolean;
  beforeEach(async () => {
    rig = await Rig.create();
    [had, site, down] = [[], undefined, false];
  });
  afterEach(() => rig.remove());

  const tracked = config({ tracking: { keeper: {} } });
  const components = () => {
    const all = rig.components();
    all.tracker.add('keeper', {
      summary: 'keeps',
      schema: { properties: {} },
      destination: () => 'here',
      create: (_options, where) => {
        site = where;
        return {
          take(records) {
            if (down) return Promise.reject(new ProblemError({ code: 'test:down', message: 'It is down.' }));
            had.push(...records);
            return Promise.resolve(undefined);
          },
        };
      },
    });
    return all;
  };
  const kinds = () => had.map(({ kind, name }) => (name === '' || name === undefined ? kind : `${kind} ${name}`));
  const run = () => rig.run(tracked, { components: components() });
  const runDir = async () => (await rig.runDirs())[0]!;
  const trackedRun = async () => {
    const dir = await runDir();
    return { runDir: dir, runName: 'demo', config: tracked, components: components(), env: {} };
  };
  const quiet = { listen: () => undefined, stop: new AbortController().signal };
  const metric = (name: string) => ({ kind: 'metric', name, step: 1, value: 2 }) as const;

  test('receive the whole run: its start, every stage, their events, its end', async () => {
    rig.stages({ learn: { run: (context) => (context.emit(metric('loss')), Promise.resolve(DONE)) } });
    assert.equal((await run()).status, 'done');
    const stages = ['prepare', 'learn', 'judge'].flatMap((stage) => [
      `stage-started ${stage}`,
      ...(stage === 'learn' ? ['metric loss'] : []),
      `stage-finished ${stage}`,
    ]);
    assert.deepEqual(kinds(), ['run-started', ...stages, 'run-ended']);
    assert.deepEqual(had.at(-1)!.value, { status: 'finished' });
    assert.deepEqual(had, readJournal(join(await runDir(), 'journal.jsonl')));
  });

  test('may be two of a type, each with its own name and position in the journal', async () => {
    const two = config({ tracking: { here: { type: 'keeper' }, there: { type: 'keeper' } } });
    assert.equal((await rig.run(two, { components: components() })).status, 'done');
    assert.equal(kinds().filter((kind) => kind === 'run-started').length, 2);
    assert.deepEqual(readdirSync(join(await runDir(), 'tracking')).sort(), ['here.json', 'there.json']);
  });

  test('receive the config that identifies the run, and nothing that may change within it', async () => {
    await run();
    assert.equal(site!.params['loss.lambda.forward'], 10);
    assert.deepEqual(
      Object.keys(site!.params).filter((path) => /^(name|evaluate|export|tracking|stages)/.test(path)),
      [],
    );
    assert.ok(Object.values(site!.params).every((value) => value === null || typeof value !== 'object'));
  });

  test('receive a failure, and an interruption', async () => {
    rig.stages({ learn: { run: () => Promise.reject(new Error('broke')) } });
    await run();
    assert.deepEqual(had.at(-1)!.value, { status: 'failed' });
    const stop = new AbortController();
    rig.stages({ learn: { run: () => (stop.abort(), Promise.resolve({ status: 'interrupted' })) } });
    await rig.run(tracked, { components: components(), stop: stop.signal });
    assert.deepEqual(had.at(-1)!.value, { status: 'interrupted' });
  });

  test('receive a crash from the next run, with the time of the last record', async () => {
    await run();
    const dir = await runDir();
    const journal = new Journal(join(dir, 'journal.jsonl'));
    const start = had[0]! as RunRecord & { kind: 'run-started' };
    journal.append({ ...start, time: 5000 });
    journal.track({ stage: 'learn', time: 6000, event: metric('late') });
    journal.close();
    had.length = 0;
    await rig.run(config({ tracking: { keeper: {} }, evaluate: { samples: 9, metrics: [] } }), {
      components: components(),
    });
    assert.deepEqual(kinds().slice(0, 4), ['run-started', 'metric late', 'run-ended', 'run-started']);
    assert.deepEqual([had[2]!.time, had[2]!.value], [6000, { status: 'crashed' }]);
  });

  test('catch up with the next run, even if that has nothing to do', async () => {
    down = true;
    assert.equal((await run()).status, 'done');
    assert.deepEqual(had, []);
    assert.equal((await lagging(await trackedRun())).length, 1);
    down = false;
    assert.equal((await run()).status, 'up-to-date');
    assert.deepEqual(had, readJournal(join(await runDir(), 'journal.jsonl')));
    const before = had.length;
    assert.equal((await run()).status, 'up-to-date');
    assert.equal(had.length, before);
  });

  test('receive everything from the journal’s beginning if they were added later', async () => {
    await rig.run(config({ tracking: {} }), { components: components() });
    assert.equal((await run()).status, 'up-to-date');
    assert.deepEqual(had, readJournal(join(await runDir(), 'journal.jsonl')));
  });

  test('receive an unrecorded crash when they catch up', async () => {
    await run();
    const journal = new Journal(join(await runDir(), 'journal.jsonl'));
    journal.append(had[0]!);
    journal.close();
    const result = await catchUp(await trackedRun(), { ...quiet, thorough: true });
    assert.deepEqual(result!.left, []);
    assert.deepEqual(had.at(-1)!.value, { status: 'crashed' });
    const before = had.length;
    await catchUp(await trackedRun(), { ...quiet, thorough: true });
    assert.equal(had.length, before);
  });

  test('do not take the run’s lock to catch up if nothing is missing, unless crashes are searched', async () => {
    await run();
    const lock = await acquireLock(join(await runDir(), 'lock'));
    assert.ok(lock.ok);
    assert.deepEqual(await catchUp(await trackedRun(), quiet), { behind: [], left: [] });
    assert.equal(await catchUp(await trackedRun(), { ...quiet, thorough: true }), undefined);
    await lock.release();
  });

  test('are listed if records are still missing after catching up, and the run’s lock is released', async () => {
    down = true;
    await run();
    const events: RunnerEvent[] = [];
    const result = await catchUp(await trackedRun(), { ...quiet, listen: (event) => events.push(event) });
    assert.deepEqual(
      [result!.behind, result!.left].map((some) => some.map(({ tracker }) => tracker)),
      [['keeper'], ['keeper']],
    );
    const name = basename(await runDir());
    assert.deepEqual(events.at(-1), {
      kind: 'note',
      level: 'warning',
      text: `keeper has not received all of the run’s records. They are in its journal: the next \`runner run\`, or \`runner sync ${name}\`, sends them.`,
    });
    const lock = await acquireLock(join(await runDir(), 'lock'));
    assert.ok(lock.ok);
    await lock.release();
  });

  test('leave no file of the run open after catching up', async () => {
    await run();
    const dir = await runDir();
    const journal = statSync(join(dir, 'journal.jsonl'));
    await catchUp(await trackedRun(), { ...quiet, thorough: true });
    const open = readdirSync('/proc/self/fd').filter((fd) => isFile(Number(fd), journal));
    assert.deepEqual(open, []);
  });

  test('do not catch up while a process works on the run', async () => {
    down = true;
    await run();
    down = false;
    const lock = await acquireLock(join(await runDir(), 'lock'));
    assert.ok(lock.ok);
    assert.equal(await catchUp(await trackedRun(), quiet), undefined);
    assert.deepEqual(had, []);
    await lock.release();
  });
});

/** Whether a file descriptor is of that file. */
function isFile(fd: number, { dev, ino }: Stats): boolean {
  try {
    const open = fstatSync(fd);
    return open.dev === dev && open.ino === ino;
  } catch {
    // Closed since it was listed.
    return false;
  }
}

const DONE = { status: 'done', outputs: {} } as const;
