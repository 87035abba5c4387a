import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { TrackerFeed, type FeedEvent, type FeedRetries } from '../../../src/pipeline/tracking/tracker-feed.js';
import { MOST_RECORDS, StartOver, type Tracker } from '../../../src/registry/kinds/tracker.js';
import type { Json } from '../../../src/support/json.js';
import { ProblemError } from '../../../src/support/problem.js';
import { until, WITHIN } from '../../until.js';

const QUICK: FeedRetries = { every: 1, firstPause: 1, longestPause: 5, patience: 60 };

describe('a feed', () => {
  let dir: string;
  let journal: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'feed-'));
    journal = join(dir, 'journal.jsonl');
    file = join(dir, 'tracking', 'one.json');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const line = (step: number) =>
    `${JSON.stringify({ kind: 'metric', name: 'loss', stage: 's', step, time: 1, value: 0 })}\n`;
  const add = (...steps: readonly number[]) => appendFileSync(journal, steps.map(line).join(''));
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  /** A tracker that keeps what it gets, and fails on request. */
  const keeping = (fail: (call: number) => Error | undefined = () => undefined) => {
    const kept = { steps: [] as number[], batches: [] as number[], calls: 0, states: [] as Json[], closed: 0 };
    const open = (state: Json | undefined): Tracker => {
      kept.states.push(state ?? null);
      return {
        take(records) {
          const error = fail(kept.calls++);
          if (error !== undefined) return Promise.reject(error);
          kept.steps.push(...records.map(({ step }) => step!));
          kept.batches.push(records.length);
          return Promise.resolve({ had: kept.steps.length });
        },
        close: () => Promise.resolve(void kept.closed++),
      };
    };
    return { kept, open };
  };
  const feed = (
    open: (state: Json | undefined) => Tracker,
    changes: { destination?: string; pace?: Partial<FeedRetries> } = {},
  ) => {
    const events: FeedEvent[] = [];
    const { destination = 'there', pace } = changes;
    const options = {
      name: 'one',
      journal,
      file,
      destination,
      open,
      onEvent: (event: FeedEvent) => events.push(event),
    };
    return { fed: new TrackerFeed({ ...options, pace: { ...QUICK, ...pace } }), events };
  };

  test('sends everything in order, including records added meanwhile, and closes the tracker', async () => {
    add(1, 2);
    const { kept, open } = keeping();
    const { fed } = feed(open);
    for (let step = 3; step <= 20; step++) {
      add(step);
      fed.wake();
      await sleep(1);
    }
    assert.equal(await fed.drain(), 0);
    assert.deepEqual(kept.steps, range(1, 20));
    assert.equal(kept.closed, 1);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      destination: 'there',
      offset: readFileSync(journal).length,
      state: { had: 20 },
    });
  });

  test('continues where an earlier process stopped, with the tracker’s state', async () => {
    add(1, 2, 3);
    await feed(keeping().open).fed.drain();
    add(4, 5);
    const { kept, open } = keeping();
    await feed(open).fed.drain();
    assert.deepEqual(kept.steps, [4, 5]);
    assert.deepEqual(kept.states, [{ had: 3 }]);
  });

  test('starts from the beginning for another destination, and if its cursor is damaged', async () => {
    add(1, 2, 3);
    await feed(keeping().open).fed.drain();
    const other = keeping();
    await feed(other.open, { destination: 'elsewhere' }).fed.drain();
    assert.deepEqual(other.kept.steps, [1, 2, 3]);
    assert.deepEqual(other.kept.states, [null]);
    writeFileSync(file, '{"desti');
    const again = keeping();
    await feed(again.open).fed.drain();
    assert.deepEqual(again.kept.steps, [1, 2, 3]);
  });

  test('sends no batch larger than a tracker’s limit', async () => {
    add(...range(1, 2 * MOST_RECORDS + 7));
    const { kept, open } = keeping();
    await feed(open).fed.drain();
    assert.deepEqual(kept.batches, [MOST_RECORDS, MOST_RECORDS, 7]);
  });

  test('waits for the end of a half-written line, and skips a line that is not a record', async () => {
    const last = line(3);
    appendFileSync(journal, `${line(1)}nonsense\n${line(2)}${last.slice(0, 20)}`);
    const { kept, open } = keeping();
    const { fed } = feed(open);
    await until('two steps', { within: WITHIN.process, look: () => kept.steps, is: (steps) => steps.length >= 2 });
    appendFileSync(journal, last.slice(20));
    fed.wake();
    assert.equal(await fed.drain(), 0);
    assert.deepEqual(kept.steps, [1, 2, 3]);
  });

  test('sends a line whole that is longer than a chunk', async () => {
    const value = 'x'.repeat(3_000_000);
    writeFileSync(
      journal,
      `${JSON.stringify({ kind: 'text', name: 'a', stage: 's', step: 1, time: 1, value })}\n${line(2)}`,
    );
    const { kept, open } = keeping();
    assert.equal(await feed(open).fed.drain(), 0);
    assert.deepEqual(kept.steps, [1, 2]);
  });

  test('retries a failing tracker until it works, and reports the failure and the recovery once', async () => {
    add(1, 2);
    const { kept, open } = keeping((call) => (call < 3 ? new Error('It is down.') : undefined));
    const { fed, events } = feed(open);
    await until('two steps', { within: WITHIN.process, look: () => kept.steps, is: (steps) => steps.length >= 2 });
    assert.equal(await fed.drain(), 0);
    assert.deepEqual(kept.steps, [1, 2]);
    assert.deepEqual(events, [{ kind: 'failing', why: 'It is down.' }, { kind: 'works-again' }]);
  });

  test('gives up a failing tracker at the end of the run, and sends everything the next time', async () => {
    add(1, 2);
    const broken = keeping(() => new Error('It is down.'));
    const { fed } = feed(broken.open);
    await until('three attempts', { within: WITHIN.process, look: () => broken.kept.calls, is: (calls) => calls > 2 });
    assert.ok((await fed.drain()) > 0);
    const { kept, open } = keeping();
    assert.equal(await feed(open).fed.drain(), 0);
    assert.deepEqual(kept.steps, [1, 2]);
  });

  test('reports a problem that a user must fix, and does not retry', async () => {
    add(1);
    const problem = { code: 'test:wrong-token' as const, message: 'The token is wrong.' };
    const { kept, open } = keeping(() => new ProblemError(problem));
    const { fed, events } = feed(open);
    await until('an event', { within: WITHIN.process, look: () => events, is: (list) => list.length > 0 });
    add(2);
    fed.wake();
    assert.ok((await fed.drain()) > 0);
    assert.equal(kept.calls, 1);
    assert.equal(kept.closed, 1);
    assert.deepEqual(events, [{ kind: 'stopped', problems: [problem] }]);
  });

  test('sends everything again, without a state, if the tracker has lost its data', async () => {
    add(1, 2);
    await feed(keeping().open).fed.drain();
    add(3);
    const { kept, open } = keeping((call) => (call === 0 ? new StartOver('gone') : undefined));
    assert.equal(await feed(open).fed.drain(), 0);
    assert.deepEqual(kept.steps, [1, 2, 3]);
    assert.deepEqual(kept.states, [{ had: 2 }, null]);
  });

  test('treats a tracker that always starts over as failing', async () => {
    add(1);
    const { kept, open } = keeping(() => new StartOver('gone'));
    const { fed, events } = feed(open);
    assert.ok((await fed.drain()) > 0);
    assert.deepEqual(events, [{ kind: 'failing', why: 'gone' }]);
    assert.ok(kept.calls < 100);
  });

  test('abandons a tracker that never answers when the user stops waiting', async () => {
    add(1);
    const { fed } = feed(() => ({ take: () => new Promise(() => undefined) }), { pace: { patience: 60_000 } });
    const stop = new AbortController();
    const drained = fed.drain(stop.signal);
    await sleep(20);
    stop.abort();
    assert.ok((await drained) > 0);
  });

  test('waits for a slow tracker', async () => {
    add(...range(1, MOST_RECORDS * 3));
    const { kept, open } = keeping();
    const slow = (state: Json | undefined): Tracker => {
      const tracker = open(state);
      return { ...tracker, take: (...args) => sleep(500).then(() => tracker.take(...args)) };
    };
    // A call takes longer than the patience with a failing tracker, and much less than that with a slow one.
    assert.equal(await feed(slow, { pace: { patience: 300 } }).fed.drain(), 0);
    assert.equal(kept.steps.length, MOST_RECORDS * 3);
  });

  test('treats a tracker that cannot be created as failing', async () => {
    add(1);
    const { fed, events } = feed(() => {
      throw new Error('no');
    });
    assert.ok((await fed.drain()) > 0);
    assert.deepEqual(events, [{ kind: 'failing', why: 'no' }]);
  });

  test('sends a journal that was deleted and started anew from its beginning', async () => {
    add(...range(1, 50));
    await feed(keeping().open).fed.drain();
    writeFileSync(journal, line(1));
    const { kept, open } = keeping();
    assert.equal(await feed(open).fed.drain(), 0);
    assert.deepEqual(kept.steps, [1]);
  });
});
