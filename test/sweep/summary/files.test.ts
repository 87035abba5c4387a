import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { csv } from '../../../src/sweep/summary/csv.js';
import { markdown } from '../../../src/sweep/summary/markdown.js';
import type { SweepSummary, TrialSummary } from '../../../src/sweep/summary/sweep-summary.js';
import { tableOf } from '../../../src/sweep/summary/table.js';

const trial = (id: number, changes: Partial<TrialSummary>): TrialSummary => ({
  id,
  label: `lambda=${id}`,
  params: { 'loss.lambda': id },
  state: 'done',
  run: `toy,lambda=${id}-1234abcd`,
  runDir: `/runs/toy,lambda=${id}-1234abcd`,
  metrics: { psnr: 10 + id, 'AtoB/psnr': 9 + id },
  value: 10 + id,
  seconds: 61.23,
  problem: null,
  images: {},
  ...changes,
});

const [first, second, third] = [
  trial(1, {}),
  trial(2, {}),
  trial(3, {
    state: 'failed',
    metrics: {},
    value: null,
    seconds: null,
    problem: 'the loss, "G", |became| <NaN>\nsecond',
  }),
] as const;

const SUMMARY: SweepSummary = {
  name: 'toy,lambda-1234abcd',
  dir: '/runs/sweeps/toy,lambda-1234abcd',
  created: '2026-01-02T03:04:05.000Z',
  command: ['runner', 'sweep', 'toy.yaml'],
  metric: { name: 'psnr', better: 'higher', unit: 'dB' },
  axes: [{ path: 'loss.lambda', label: 'lambda', values: [1, 2, 3] }],
  metrics: ['psnr', 'AtoB/psnr'],
  rungs: [],
  trials: [first, second, third],
  ranking: [second, first, third],
};

test('the CSV file with special characters can be read back by an independent parser', () => {
  const rows: unknown = parse(csv(SUMMARY), { columns: true });
  assert.deepEqual(rows, [
    {
      trial: '1',
      'loss.lambda': '1',
      psnr: '11',
      'AtoB/psnr': '10',
      state: 'done',
      seconds: '61.2',
      run: 'toy,lambda=1-1234abcd',
      problem: '',
    },
    {
      trial: '2',
      'loss.lambda': '2',
      psnr: '12',
      'AtoB/psnr': '11',
      state: 'done',
      seconds: '61.2',
      run: 'toy,lambda=2-1234abcd',
      problem: '',
    },
    {
      trial: '3',
      'loss.lambda': '3',
      psnr: '',
      'AtoB/psnr': '',
      state: 'failed',
      seconds: '',
      run: 'toy,lambda=3-1234abcd',
      problem: SUMMARY.trials[2]!.problem,
    },
  ]);
});

test('the table lists the best first, and trials without a value last and without a rank', () => {
  const { head, rows } = tableOf(SUMMARY);
  assert.deepEqual(head, ['', 'trial', 'lambda', 'psnr', 'state', 'time']);
  assert.deepEqual(rows, [
    ['1', '2', '2', '12', 'done', '1:01'],
    ['2', '1', '1', '11', 'done', '1:01'],
    ['', '3', '3', '', 'failed', ''],
  ]);
});

test('the Markdown names the best trial and the problems, and escapes text of trials', () => {
  const text = markdown(SUMMARY);
  assert.match(text, /3 trials: 2 done, 1 failed\. Best by psnr \(higher is better\): \*\*lambda=2\*\*, 12 dB\./);
  assert.match(text, /\| 1 \| 2 \| 2 \| 12 \| done \| 1:01 \|/);
  assert.match(text, /- trial 3 \(lambda=3\): the loss, "G", \\\|became\\\| \\<NaN\\> second/);
});
