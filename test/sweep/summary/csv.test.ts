import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csv } from '../../../src/sweep/summary/csv.js';
import { sweep } from '../page/rig.js';

test('the CSV file has one line per trial, in trial order', () => {
  const summary = sweep([
    { params: { 'loss.lambda': 1, seed: 42 }, value: 11, seconds: 61.26 },
    { params: { 'loss.lambda': 0, seed: 43 }, value: 12.5, seconds: 0 },
  ]);
  assert.equal(
    csv(summary),
    [
      'trial,loss.lambda,seed,psnr,AtoB/psnr,BtoA/psnr,state,seconds,run,problem\r\n',
      '1,1,42,11,10,12,done,61.3,toy-1,\r\n',
      '2,0,43,12.5,11.5,13.5,done,0,toy-2,\r\n',
    ].join(''),
  );
});

test('a CSV cell is empty for a missing value, and quoted for text with special characters', () => {
  const summary = sweep([
    { params: { a: 'x,y', b: true }, value: NaN, metrics: { psnr: NaN } },
    { params: { a: null, b: false }, state: 'queued', seconds: null },
    { params: { a: 'say "so"' }, state: 'failed', seconds: 1, problem: 'one\ntwo' },
    { params: { a: 'c\rd', b: 'plain text' }, state: 'crashed', seconds: 2.04, problem: '' },
  ]);
  assert.equal(
    csv(summary),
    [
      'trial,a,b,psnr,state,seconds,run,problem\r\n',
      '1,"x,y",true,NaN,done,61.2,toy-1,\r\n',
      '2,,false,,queued,,toy-2,\r\n',
      '3,"say ""so""",,,failed,1,toy-3,"one\ntwo"\r\n',
      '4,"c\rd",plain text,,crashed,2,toy-4,\r\n',
    ].join(''),
  );
});
