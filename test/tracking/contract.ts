import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { MOST_RECORDS, type Tracker, type TrackerComponent } from '../../src/registry/kinds/tracker.js';
import type { RunRecord } from '../../src/registry/kinds/record.js';
import type { Json } from '../../src/support/json.js';
import { until } from '../until.js';
import { ended, finished, metric, started, text } from './mlflow/records.js';

/** A tracker of one run, and access to its destination. */
export interface TrackerCase {
  readonly component: TrackerComponent<never>;
  /** Two configurations of the same destination; the second has {@link PASSWORD} wherever one is allowed. */
  readonly places: readonly [Options, Options];
  readonly runDir: string;
  /** Files in the run's folder that it may write. */
  readonly own: readonly string[];
  /** Opens it as a new process does, with the state of an earlier one. */
  readonly open: (state: Json | undefined) => Tracker;
  /** The points of a metric at the destination: step and value. */
  readonly points: (name: string) => Promise<readonly (readonly [step: number, value: number])[]>;
  /** Evidence of any activity: files, calls of a server. */
  readonly traces: () => Promise<readonly string[]>;
  /** Makes the destination fail. @returns a function that repairs it */
  readonly breakDown: () => Promise<() => Promise<void>>;
  /**
   * For a tracker with a server: one whose server does not answer, and a promise that resolves when it begins to wait.
   */
  readonly unanswered?: () => Promise<{ readonly tracker: Tracker; readonly waiting: Promise<unknown> }>;
  readonly remove: () => Promise<void> | void;
}

/** Options as in a config, and the environment. */
export type Options = readonly [options: object, env: NodeJS.ProcessEnv];
export const PASSWORD = 'hunter2';

const never = new AbortController().signal;
const curve = (from: number, to: number): RunRecord[] =>
  Array.from({ length: to - from }, (_, i) => metric('loss/G/total', from + i, (from + i) / 4));
const expectedPoints = (from: number, to: number) =>
  curve(from, to).map(({ step, value }) => [step!, value as number] as const);

/** A record of every kind, and one that this version does not know. */
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
  {
    kind: 'checkpoint',
    stage: 'train',
    name: 'best',
    step: 1,
    time: 3,
    value: { dir: 'train/checkpoints/step-00000001', epoch: 1, metrics: { 'AtoB/psnr': 17.5 } },
  },
  { kind: 'note', stage: 'train', name: 'warning', step: null, time: 4, value: 'careful' },
  { kind: 'set-aside', stage: 'train', name: 'train', step: null, time: 5, value: { to: 'train.old', reason: 'seed' } },
  { kind: 'stage-interrupted', stage: 'train', name: 'train', step: null, time: 6, value: null },
  { kind: 'stage-failed', stage: 'train', name: 'train', step: null, time: 7, value: ['no luck'] },
  finished('train', []),
  { kind: 'poem', stage: 'train', name: 'x', step: 3, time: 8, value: {} } as unknown as RunRecord,
  ended(9000, 'finished'),
];

/** Less than any timeout of a request: a stopped tracker must not wait for its server. */
const STOPS_WITHIN = 10_000;

/**
 * The contract of every tracker, see `Tracker` in src/registry/kinds/tracker.ts. @param waitsForOthers whether it waits
 * for a server
 */
export function contract(
  name: string,
  make: () => Promise<TrackerCase> | TrackerCase,
  { waitsForOthers }: { readonly waitsForOthers: boolean },
): void {
  describe(`the tracker "${name}"`, () => {
    let one: TrackerCase;
    beforeEach(async () => {
      one = await make();
    });
    afterEach(() => one.remove());

    /** A process takes records. Its state is kept as the feed keeps it: as JSON. */
    async function process(state: Json | undefined, ...batches: readonly (readonly RunRecord[])[]) {
      const tracker = one.open(state);
      let kept = state;
      for (const records of batches) kept = (await tracker.take(records, never)) ?? kept;
      await tracker.close?.();
      return kept === undefined ? undefined : (JSON.parse(JSON.stringify(kept)) as Json);
    }
    const points = async () => [...(await one.points('loss/G/total'))].sort(([a], [b]) => a - b);

    test('does nothing before it receives records', async () => {
      const before = await one.traces();
      await one.open(undefined).close?.();
      assert.deepEqual(await one.traces(), before);
    });

    test('takes records of every kind, known to it or not', async () => {
      await process(undefined, EVERY_KIND);
      assert.deepEqual(await points(), [[1, 0.25]]);
      assert.notDeepEqual(await one.traces(), []);
    });

    test('takes the largest batch, and numbers that are not finite', async () => {
      const odd = [NaN, Infinity, -Infinity].map((value, i) => metric('odd', i + 1, value));
      await process(undefined, [started(1000), ...curve(1, MOST_RECORDS)], odd);
      assert.deepEqual(await points(), expectedPoints(1, MOST_RECORDS));
      assert.equal((await one.points('odd')).length, 3);
    });

    test('has each point once after a process died before its state was kept', async () => {
      const kept = await process(undefined, [started(1000), ...curve(1, 5)]);
      await process(kept, curve(5, 9));
      await process(kept, curve(5, 9), curve(9, 12));
      assert.deepEqual(await points(), expectedPoints(1, 12));
    });

    test('has each point once after a process died between two batches', async () => {
      const tracker = one.open(undefined);
      const kept = JSON.stringify((await tracker.take([started(1000), ...curve(1, 5)], never)) ?? null);
      await tracker.take(curve(5, 9), never);
      await tracker.close?.();
      await process((JSON.parse(kept) as Json) ?? undefined, curve(5, 9), curve(9, 12));
      assert.deepEqual(await points(), expectedPoints(1, 12));
    });

    test('has each point once after the first state was lost', async () => {
      await process(undefined, [started(1000), ...curve(1, 5)]);
      await process(undefined, [started(1000), ...curve(1, 9)]);
      assert.deepEqual(await points(), expectedPoints(1, 9));
    });

    test('continues in a new process where the last one stopped', async () => {
      let state: Json | undefined;
      for (let at = 1; at < 9; at += 2) {
        state = await process(state, [...(at === 1 ? [started(1000)] : []), ...curve(at, at + 2)]);
      }
      assert.deepEqual(await points(), expectedPoints(1, 9));
    });

    test('takes a batch without anything of interest to it', async () => {
      const kept = await process(undefined, [started(1000), ...curve(1, 5)]);
      await process(
        kept,
        [{ kind: 'note', stage: 'train', name: 'info', step: null, time: 4, value: '' }],
        curve(5, 9),
      );
      assert.deepEqual(await points(), expectedPoints(1, 9));
    });

    test('recovers when its destination works again, and has each point once', async () => {
      const tracker = one.open(undefined);
      await tracker.take([started(1000), ...curve(1, 5)], never);
      const repair = await one.breakDown();
      await assert.rejects(tracker.take(curve(5, 9), never));
      await assert.rejects(tracker.take(curve(5, 9), never));
      await repair();
      await tracker.take(curve(5, 12), never);
      await tracker.close?.();
      assert.deepEqual(await points(), expectedPoints(1, 12));
    });

    for (const when of ['before it began', 'while it was written'] as const) {
      test(`takes a batch again that was stopped ${when}`, async () => {
        const first = await process(undefined, [started(1000), ...curve(1, 5)]);
        const tracker = one.open(first);
        const stop = new AbortController();
        if (when === 'before it began') stop.abort();
        const taking = tracker.take(curve(5, 9), stop.signal);
        stop.abort();
        // The feed does not wait for a batch that it has stopped.
        await Promise.allSettled([taking, tracker.close?.()]);
        await process(first, curve(5, 12));
        assert.deepEqual(await points(), expectedPoints(1, 12));
      });
    }

    const waits = { skip: waitsForOthers ? false : 'it waits for no server' };
    test('stops although its server does not answer', waits, async () => {
      assert.ok(one.unanswered !== undefined, 'the case has a server that does not answer');
      const { tracker, waiting } = await one.unanswered();
      const stop = new AbortController();
      const taking = tracker.take([started(1000), ...curve(1, 5)], stop.signal);
      // A failure without a stop would be another behaviour.
      const early = taking.then(
        () => 'took the records',
        (error: unknown) => `failed by itself: ${String(error)}`,
      );
      assert.equal(await Promise.race([waiting.then(() => 'waits'), early]), 'waits');
      stop.abort();
      const ending = taking.then(String, (error: unknown) => (error as Error).name);
      let end: string | undefined;
      void ending.then((how) => (end = how));
      const wait = { within: STOPS_WITHIN, look: () => end, is: (how: string | undefined) => how !== undefined };
      assert.equal(await until('the end of the stopped batch', wait), 'AbortError');
      await tracker.close?.();
    });

    test('leaves other files in the run’s folder alone', async () => {
      const others = ['journal.jsonl', 'config.yaml', 'environment.json', 'train/samples/1.png', 'train/done.json'];
      for (const path of others) {
        await mkdir(dirname(join(one.runDir, path)), { recursive: true });
        await writeFile(join(one.runDir, path), path);
      }
      const image = { kind: 'image', stage: 'train', name: 'samples/AtoB', step: 1, time: 3 } as const;
      const kept = await process(undefined, [...EVERY_KIND, { ...image, value: 'train/samples/1.png' }]);
      await process(kept, [started(1000), ...curve(2, 5)]);
      const isOwn = (path: string) => one.own.some((own) => path.startsWith(own));
      assert.deepEqual((await filesIn(one.runDir)).filter((path) => !isOwn(path)).sort(), [...others].sort());
      for (const path of others) assert.equal(await readFile(join(one.runDir, path), 'utf8'), path);
    });

    test('identifies a destination by one name, without a password', () => {
      const names = one.places.map(([options, env]) => one.component.destination?.(options as never, env) ?? '');
      assert.equal(names[0], names[1]);
      assert.ok(!names[1]!.includes(PASSWORD));
    });

    test('describes itself and each of its options', () => {
      const { summary, schema } = one.component;
      assert.match(summary, /\w/);
      for (const [option, { description }] of Object.entries(schema.properties)) {
        assert.match(description ?? '', /\w/, option);
      }
    });
  });
}

async function filesIn(dir: string): Promise<string[]> {
  const paths = await readdir(dir, { recursive: true });
  const isFile = await Promise.all(paths.map(async (path) => (await stat(join(dir, path))).isFile()));
  return paths.filter((_, i) => isFile[i]);
}

/** Replaces a file or folder by another kind of entry. @returns a function that restores it */
export async function block(path: string, kind: 'file' | 'folder'): Promise<() => Promise<void>> {
  await rename(path, `${path}.away`);
  await (kind === 'file' ? writeFile(path, '') : mkdir(path));
  return async () => {
    await rm(path, { recursive: true });
    await rename(`${path}.away`, path);
  };
}
