import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { JobState, Launcher, TrialBatch } from '../../../src/registry/kinds/launcher.js';
import type { StageEvent } from '../../../src/registry/kinds/stage-event.js';
import { launchShares } from '../../../src/translation/shares/launch-shares.js';
import { shareFile, writeShare, type ShareRecord } from '../../../src/translation/shares/share-files.js';
import { temporaryFolder } from '../../data/folder.js';

const counts = { translated: 3, present: 1, failed: 0 };
const done: ShareRecord = { status: 'done', counts, total: 4 };

/** What becomes of a share's job: the record that it leaves, if any, when it is gone. */
type Fate = (share: number, attempt: number) => ShareRecord | undefined;

async function setup(t: TestContext, fate: Fate, changes: Partial<Launcher> = {}) {
  const out = await temporaryFolder(t);
  const dir = shareFile.dir(out, 4);
  const submitted: number[][] = [];
  const attempts = new Map<number, number>();
  const cancelled: string[] = [];
  const events: StageEvent[] = [];
  const stop = new AbortController();
  const launcher: Launcher = {
    capacity: 2,
    detached: true,
    interval: 1,
    submit({ trials }: TrialBatch) {
      submitted.push([...trials]);
      for (const share of trials) attempts.set(share, (attempts.get(share) ?? 0) + 1);
      return Promise.resolve(new Map(trials.map((share) => [share, `job-${share}`])));
    },
    async watch(handles) {
      const states = new Map<string, JobState>();
      for (const handle of handles) {
        const share = Number(handle.slice(4));
        const record = fate(share, attempts.get(share) ?? 0);
        if (record !== undefined) await writeShare(dir, share, record);
        states.set(handle, 'gone');
      }
      return states;
    },
    cancel: (handles) => Promise.resolve(void cancelled.push(...handles)),
    ...changes,
  };
  const go = (signal = stop.signal) =>
    launchShares({
      out,
      count: 4,
      launcher,
      launcherName: 'fake',
      command: ['translate', '--share'],
      stop: signal,
      onEvent: (event) => void events.push(event),
    });
  return { out, dir, go, submitted, cancelled, events, stop };
}

test('all shares are submitted, no more at a time than the launcher takes, and their counts are added up', async (t) => {
  const { go, submitted, out, events } = await setup(t, () => done);
  assert.deepEqual(await go(), {
    status: 'done',
    counts: { translated: 12, present: 4, failed: 0 },
    unfinished: [],
  });
  assert.deepEqual(submitted, [
    [1, 2],
    [3, 4],
  ]);
  assert.ok(!existsSync(join(out, '.shares')));
  const last = events.at(-1)!;
  assert.ok(last.kind === 'progress' && last.done === 16 && last.total === 16);
});

test('a share that failed or ended without a record is named; the next command submits all again', async (t) => {
  const failing: Fate = (share, attempt) => {
    if (share === 2 && attempt === 1) return { ...done, status: 'failed', problem: 'No disk.' };
    return share === 3 && attempt === 1 ? undefined : done;
  };
  const { go, submitted } = await setup(t, failing);
  const first = await go();
  assert.ok(first.status === 'done');
  assert.deepEqual(first.unfinished.map(({ share }) => share), [2, 3]); // prettier-ignore
  assert.match(first.unfinished[0]!.reason, /No disk/);
  assert.match(first.unfinished[1]!.reason, /without a result: see .*3[.]log/);
  const second = await go();
  assert.ok(second.status === 'done' && second.unfinished.length === 0);
  assert.deepEqual(submitted.flat().filter((share) => share === 3).length, 2);
});

describe('stopped', () => {
  const running = (handles: readonly string[]) =>
    Promise.resolve(new Map(handles.map((handle) => [handle, 'running' as const])));

  test('it leaves the jobs of a cluster running, and watches them again', async (t) => {
    let stopAt = 2;
    const { go, submitted, cancelled, stop } = await setup(t, () => done, {
      watch(handles) {
        if (--stopAt === 0) stop.abort();
        return running(handles);
      },
    });
    assert.deepEqual(await go(), { status: 'left' });
    assert.deepEqual(cancelled, []);
    assert.deepEqual(submitted, [[1, 2]]);
  });

  test('it ends the jobs of a launcher that ends with it', async (t) => {
    const { go, cancelled, stop } = await setup(t, () => done, {
      detached: false,
      watch(handles) {
        stop.abort();
        return running(handles);
      },
    });
    assert.deepEqual(await go(), { status: 'interrupted' });
    assert.deepEqual(cancelled, ['job-1', 'job-2']);
  });
});

test('jobs that an earlier command has started are watched, not started again', async (t) => {
  let isKilled = true;
  const { go, submitted, stop, dir } = await setup(t, () => done, {
    async watch(handles) {
      if (isKilled) {
        stop.abort();
        isKilled = false;
        return new Map(handles.map((handle) => [handle, 'running' as const]));
      }
      for (const handle of handles) await writeShare(dir, Number(handle.slice(4)), done);
      return new Map(handles.map((handle) => [handle, 'gone' as const]));
    },
  });
  assert.equal((await go()).status, 'left');
  const again = await go(new AbortController().signal);
  assert.equal(again.status, 'done');
  assert.deepEqual(submitted, [[1, 2], [3, 4]]); // prettier-ignore
});

test('a share whose job the launcher has lost is submitted again, unless it is done', async (t) => {
  const seen = new Set<string>();
  const { go, submitted, dir } = await setup(t, () => done, {
    async watch(handles) {
      const states = new Map<string, JobState>();
      for (const handle of handles) {
        const share = Number(handle.slice(4));
        const isFirst = !seen.has(handle);
        seen.add(handle);
        if (share !== 2 || !isFirst) await writeShare(dir, share, done);
        states.set(handle, isFirst && share <= 2 ? 'lost' : 'gone');
      }
      return states;
    },
  });
  assert.equal((await go()).status, 'done');
  assert.deepEqual(submitted.flat().sort(), [1, 2, 2, 3, 4]);
});

test('a launcher that does not respond is asked again, with one warning', async (t) => {
  let silent = 3;
  const { go, events } = await setup(t, () => done, {
    submit({ trials }) {
      if (silent-- > 0) return Promise.reject(new Error('connection refused'));
      return Promise.resolve(new Map(trials.map((share) => [share, `job-${share}`])));
    },
  });
  assert.equal((await go()).status, 'done');
  const warnings = events.filter(({ kind }) => kind === 'note');
  assert.equal(warnings.length, 1);
});
