import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MOST_RECORDS, type Tracker } from '../../src/registry/kinds/tracker.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import type { Json } from '../../src/support/json.js';
import { ended, finished, metric, started, text } from './mlflow/records.js';

/** A tracker of one run, and a look at where it tells it. */
export interface TrackerCase {
  /** As a process makes it, with the state that an earlier one kept. */
  readonly open: (state: Json | undefined) => Tracker;
  /** The points of a metric, as they are there: step and value. */
  readonly points: (name: string) => Promise<readonly (readonly [step: number, value: number])[]>;
  /** What shows that anything was done: files, calls of a server. */
  readonly traces: () => Promise<readonly string[]>;
  readonly remove: () => Promise<void> | void;
}

const never = new AbortController().signal;
const curve = (from: number, to: number): RunRecord[] =>
  Array.from({ length: to - from }, (_, i) => metric('loss/G/total', from + i, (from + i) / 4));
const told = (from: number, to: number) => curve(from, to).map(({ step, value }) => [step!, value as number] as const);

/** Of every kind, and one that this version does not know. */
const EVERY_KIND: readonly RunRecord[] = [
  started(1000),
  {
    kind: 'stage-started',
    stage: 'train',
    name: 'train',
    step: null,
    time: 2,
    value: { reason: 'new', resumes: false },
  },
  metric('loss/G/total', 1, 0.25),
  text('data', 0, '# Data'),
  { kind: 'histogram', stage: 'train', name: 'weights/G', step: 1, time: 3, value: { min: 0, max: 1, counts: [1, 2] } },
  { kind: 'note', stage: 'train', name: 'warning', step: null, time: 4, value: 'careful' },
  { kind: 'set-aside', stage: 'train', name: 'train', step: null, time: 5, value: { to: 'train.old', reason: 'seed' } },
  { kind: 'stage-interrupted', stage: 'train', name: 'train', step: null, time: 6, value: null },
  { kind: 'stage-failed', stage: 'train', name: 'train', step: null, time: 7, value: ['no luck'] },
  finished('train', []),
  { kind: 'poem', stage: 'train', name: 'x', step: 3, time: 8, value: {} } as unknown as RunRecord,
  ended(9000, 'finished'),
];

/** What every tracker keeps to; `Tracker` in src/registry/kinds/tracker.ts says it. */
export function contract(name: string, make: () => Promise<TrackerCase> | TrackerCase): void {
  describe(`the tracker "${name}"`, () => {
    let one: TrackerCase;
    beforeEach(async () => {
      one = await make();
    });
    afterEach(() => one.remove());

    /** A process takes records, and its state is kept as the feed keeps it: as JSON. */
    async function process(state: Json | undefined, ...batches: readonly (readonly RunRecord[])[]) {
      const tracker = one.open(state);
      let kept = state;
      for (const records of batches) kept = (await tracker.take(records, never)) ?? kept;
      await tracker.close?.();
      return kept === undefined ? undefined : (JSON.parse(JSON.stringify(kept)) as Json);
    }
    const points = async () => [...(await one.points('loss/G/total'))].sort(([a], [b]) => a - b);

    test('does nothing before it is given anything', async () => {
      const before = await one.traces();
      await one.open(undefined).close?.();
      assert.deepEqual(await one.traces(), before);
    });

    test('takes records of every kind, known to it or not', async () => {
      await process(undefined, EVERY_KIND);
      assert.deepEqual(await points(), [[1, 0.25]]);
      assert.notDeepEqual(await one.traces(), []);
    });

    test('takes as many at once as there may be, and numbers that are not finite', async () => {
      const odd = [NaN, Infinity, -Infinity].map((value, i) => metric('odd', i + 1, value));
      await process(undefined, [started(1000), ...curve(1, MOST_RECORDS)], odd);
      assert.deepEqual(await points(), told(1, MOST_RECORDS));
      assert.equal((await one.points('odd')).length, 3);
    });

    test('has each point once when a process died before its state was kept', async () => {
      const kept = await process(undefined, [started(1000), ...curve(1, 5)]);
      await process(kept, curve(5, 9));
      await process(kept, curve(5, 9), curve(9, 12));
      assert.deepEqual(await points(), told(1, 12));
    });

    test('has each point once when even the first state was lost', async () => {
      await process(undefined, [started(1000), ...curve(1, 5)]);
      await process(undefined, [started(1000), ...curve(1, 9)]);
      assert.deepEqual(await points(), told(1, 9));
    });

    test('goes on in another process where an earlier one has stopped', async () => {
      let state: Json | undefined;
      for (let at = 1; at < 9; at += 2) {
        state = await process(state, [...(at === 1 ? [started(1000)] : []), ...curve(at, at + 2)]);
      }
      assert.deepEqual(await points(), told(1, 9));
    });

    test('can be given again what it was not let finish', async () => {
      const tracker = one.open(undefined);
      await tracker.take([started(1000), ...curve(1, 5)], AbortSignal.abort()).catch(() => undefined);
      await tracker.close?.();
      await process(undefined, [started(1000), ...curve(1, 5)]);
      assert.deepEqual(await points(), told(1, 5));
    });
  });
}
