import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sweepPage } from '../../../src/sweep/page/sweep-page.js';
import { section, words } from './read.js';
import { sweep } from './rig.js';

/** The cells of the table of trials, after two header rows. */
const tableRows = (page: string) =>
  [...section(page, 'trials').matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]\s*>/gs)].map(([, cell]) => words(cell!).trim()),
  );

test('the first sentence counts the states, names the best trial and its value', async () => {
  const page = await sweepPage(
    sweep([
      { params: { 'loss.lambda': 1 }, value: 17.5 },
      { params: { 'loss.lambda': 5 }, value: 18.25 },
      { params: { 'loss.lambda': 9 }, state: 'failed', problem: 'no more disk' },
    ]),
  );
  assert.match(words(page), /3 trials: 2 done, 1 failed\. The best by psnr: lambda=5, with 18\.25 dB\./);
  assert.match(words(page), /runner sweep toy\.yaml --set &#39;name=it&#39;\\&#39;&#39;s me&#39;/);
  assert.match(words(page), /2026-01-02 03:04 UTC/);
});

test('the best mean is shown with the best trial if seeds repeat trials', async () => {
  const repeats = [
    [1, 42, 14],
    [1, 43, 14.5],
    [5, 42, 10],
    [5, 43, 18],
  ] as const;
  const trials = repeats.map(([lambda, seed, value]) => ({ params: { 'loss.lambda': lambda, seed }, value }));
  assert.match(
    words(await sweepPage(sweep(trials))),
    /On average over seeds: lambda=1, with 14\.25 dB ± 0\.35 in 2 trials/,
  );
  const lower = sweep(trials, { metric: { name: 'psnr', better: 'lower' } });
  assert.match(words(await sweepPage(lower)), /On average over seeds: lambda=5, with 14.00 ± 5\.66 in 2 trials/);
});

test('the table lists all trials by rank, with a relative link to each run folder', async () => {
  const page = await sweepPage(
    sweep([
      { params: { 'loss.lambda': 1 }, value: 12, seconds: 3723 },
      { params: { 'loss.lambda': 5 }, value: 15, runDir: '/runs/a#b ?%' },
      { params: { 'loss.lambda': 9 }, state: 'failed', problem: 'no more disk', seconds: null },
      { params: { 'loss.lambda': 10 }, state: 'queued', seconds: null },
    ]),
  );
  assert.deepEqual(tableRows(page).slice(2), [
    ['1', '2', '5', '15', '14', '16', 'done', '1:01', ''],
    ['2', '1', '1', '12', '11', '13', 'done', '1:02:03', ''],
    ['', '3', '9', '', '', '', 'failed', '', 'no more disk'],
    ['', '4', '10', '', '', '', 'queued', '', ''],
  ]);
  const links = [...section(page, 'trials').matchAll(/href="([^"]*)"/g)].map(([, address]) => address);
  assert.deepEqual(links, ['../../a%23b%20%3F%25/', '../../toy-1/', '../../toy-3/']);
});

test('metrics of successive halving form a group of columns, one per epoch', async () => {
  const rungs = ['loss/cycle@2', 'loss/cycle@4'];
  const made = [
    { params: { lambda: 1 }, value: 12, metrics: { psnr: 12, 'loss/cycle@2': 0.25, 'loss/cycle@4': 0.125 } },
    { params: { lambda: 5 }, state: 'pruned', metrics: { 'loss/cycle@2': 0.5 } },
  ] as const;
  const [titles, parts, ...rows] = tableRows(await sweepPage(sweep(made, { rungs })));
  assert.deepEqual(titles, ['', 'trial', 'lambda', 'psnr ↓', 'loss/cycle', 'state', 'time']);
  assert.deepEqual(parts, ['epoch 2', 'epoch 4']);
  assert.deepEqual(rows, [
    ['1', '1', '1', '12', '0.2500', '0.1250', 'done', '1:01'],
    ['', '2', '5', '', '0.5000', '', 'pruned', '1:01'],
  ]);
  const [, single] = tableRows(await sweepPage(sweep(made.slice(1), { rungs: rungs.slice(0, 1) })));
  assert.deepEqual(single, ['epoch 2']);
});
