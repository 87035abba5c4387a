import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sentence } from '../../../src/sweep/summary/sentence.js';
import { sweep } from '../page/rig.js';

const marks = { text: (text: string) => text.replace(/.+/, '<$&>'), strong: (text: string) => `*${text}*` };
const lambda = (value: number, seed?: number) => ({ 'loss.lambda': value, ...(seed !== undefined && { seed }) });
const weighted = { name: 'psnr', better: 'higher', optimizedBy: ['loss.lambda'] } as const;
const caution =
  '<Caution: loss.lambda is a weight of psnr in the loss, so raising it improves psnr regardless of translation quality; choose another with --metric.>';

describe('the summary sentence', () => {
  test('counts the trials, and names the best one with its value', () => {
    const trials = [
      { params: lambda(1), value: 20 },
      { params: lambda(5), value: 21 },
    ];
    assert.equal(
      sentence(sweep(trials), marks),
      '<2 trials: 2 done.> Best by <psnr> (higher is better): *<lambda=5>*, <21 dB>.',
    );
  });

  test('only counts the trials while none is measured', () => {
    const trials = [
      { params: lambda(1), state: 'running' },
      { params: lambda(5), state: 'queued' },
    ] as const;
    assert.equal(sentence(sweep(trials), marks), '<2 trials: 1 running, 1 queued.>');
    assert.equal(sentence(sweep(trials, { metric: weighted }), marks), '<2 trials: 1 running, 1 queued.>');
  });

  test('names no best trial if no value is finite, and gives no caution', () => {
    const trials = [{ params: lambda(1), value: NaN }];
    assert.equal(
      sentence(sweep(trials, { metric: weighted }), marks),
      '<1 trial: 1 done.> No trial has a finite <psnr>.',
    );
  });

  test('names the best mean if seeds repeat trials, and ends with a caution if the metric is optimised directly', () => {
    const trials = [
      { params: lambda(1, 42), value: 20 },
      { params: lambda(1, 43), value: 10 },
      { params: lambda(5, 42), value: 16 },
      { params: lambda(5, 43), value: 18 },
    ];
    assert.equal(
      sentence(sweep(trials, { metric: weighted }), marks),
      `<4 trials: 4 done.> Best by <psnr> (higher is better): *<lambda=1, seed=42>*, <20>. On average over 2 seeds: *<lambda=5>*, <17.00 ± 1.41>. ${caution}`,
    );
  });
});
