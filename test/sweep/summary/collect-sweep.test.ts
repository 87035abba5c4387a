import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { parse } from 'csv-parse/sync';
import type { ReportedSweep } from '../../../src/registry/kinds/tracker.js';
import { builtins } from '../../../src/app/builtins.js';
import type { FrozenSweep } from '../../../src/sweep/frozen.js';
import { rankedTrials } from '../../../src/sweep/page/ranks.js';
import { markdown } from '../../../src/sweep/summary/markdown.js';
import type { SweepSummary } from '../../../src/sweep/summary/sweep-summary.js';
import { tableOf } from '../../../src/sweep/summary/table.js';
import { writeSummary } from '../../../src/sweep/summary/write.js';
import { reportToTrackers } from '../../../src/sweep/sweep-reporter.js';
import { config } from '../../rig.js';
import { order, recordedSweep, type Recorded } from './rig.js';

interface Made {
  /** One per trial, in order; `undefined` for one that has not started. */
  readonly scores: readonly (number | undefined)[];
  readonly rungs?: readonly Readonly<Record<string, number>>[];
  readonly changes?: Partial<FrozenSweep>;
}

/** The summary of a sweep whose records on disk have these values. */
async function answer(t: TestContext, { scores, rungs = [], changes }: Made): Promise<SweepSummary> {
  const made = scores.map((score, index): Recorded => {
    const rung = rungs[index];
    if (score !== undefined) return { record: { metrics: { 'AtoB/score': score, 'BtoA/score': score } } };
    return rung === undefined ? {} : { record: { status: 'paused', rungs: rung } };
  });
  return (await recordedSweep(t, made, changes)).collect();
}

/** The sweep as reported to a tracker. */
async function toldTo(summary: SweepSummary): Promise<ReportedSweep> {
  const reported: ReportedSweep[] = [];
  const components = builtins();
  components.tracker.add('mine', {
    summary: 'a tracker of a test',
    schema: { properties: {} },
    create: () => ({ take: () => Promise.resolve() }) as never,
    reportSweep: (_, sweep) => Promise.resolve(void reported.push(sweep)),
  });
  const stop = new AbortController().signal;
  const warn = (text: string) => assert.fail(text);
  await reportToTrackers(summary, { ...config(), tracking: { mine: {} } }, components, { env: {}, stop, warn });
  return reported[0]!;
}

describe('the order of trials', () => {
  const SCORES = [NaN, 0.2, Infinity, 0.1, -Infinity, undefined, 0.2];

  test('is the better first, the earlier of equals, and values that are not finite last', async (t) => {
    assert.deepEqual(order(await answer(t, { scores: SCORES })), [4, 2, 7, 1, 3, 5, 6]);
    const higher = { metric: { name: 'score', better: 'higher' } } as const;
    assert.deepEqual(order(await answer(t, { scores: SCORES, changes: higher })), [2, 7, 4, 1, 3, 5, 6]);
  });

  test('is the same in the table, on the page, in the sentence and for trackers', async (t) => {
    const summary = await answer(t, { scores: SCORES });
    const { rows } = tableOf(summary);
    assert.deepEqual(
      rows.map(([rank, trial, , score]) => [rank, trial, score]),
      [
        ['1', '4', '0.1000'],
        ['2', '2', '0.2000'],
        ['3', '7', '0.2000'],
        ['', '1', 'NaN'],
        ['', '3', '∞'],
        ['', '5', '-∞'],
        ['', '6', ''],
      ],
    );
    const ranks = rankedTrials(summary).map(({ trial, rank }) => [trial.id, rank]);
    assert.deepEqual(ranks.slice(0, 4), [
      [4, 1],
      [2, 2],
      [7, 3],
      [1, undefined],
    ]);
    assert.match(markdown(summary), /Best by score \(lower is better\): \*\*lambda=4\*\*, 0\.1000\./);
    assert.equal((await toldTo(summary)).metrics['best/score'], 0.1);
  });

  test('follows the last halving round for pruned trials, with values that are not finite last', async (t) => {
    const halving = { metric: 'loss', better: 'lower', epochs: 1, factor: 2 } as const;
    const rungs: Record<string, number>[] = [
      { 1: 0.4 },
      { 1: -Infinity },
      { 1: 0.3, 2: NaN },
      { 1: 0.3 },
      { 1: 0.5, 2: 0.2 },
    ];
    const summary = await answer(t, { scores: Array(5).fill(undefined), rungs, changes: { halving } });
    assert.deepEqual(order(summary), [5, 3, 4, 1, 2]);
  });
});

test('a sweep whose trials have all diverged has no best trial', async (t) => {
  const summary = await answer(t, { scores: [NaN, -Infinity, NaN] });
  assert.deepEqual(
    tableOf(summary).rows.map(([rank]) => rank),
    ['', '', ''],
  );
  assert.match(markdown(summary), /3 trials: 3 done\. No trial has a finite score\.\n/);
  assert.deepEqual(Object.keys((await toldTo(summary)).metrics), ['trials/all', 'trials/done']);
  await writeSummary(summary);
  const page = await readFile(join(summary.dir, 'index.html'), 'utf8');
  assert.match(page, /3 trials: 3 done; none has a finite score\./);
  const rows = parse<{ score: string }>(await readFile(join(summary.dir, 'sweep.csv'), 'utf8'), { columns: true });
  assert.deepEqual(
    rows.map(({ score }) => score),
    ['NaN', '-Infinity', 'NaN'],
  );
});
