import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { directionsIn, meansOf, recordedNumbers, recordedValues } from '../../src/evaluation/recorded-values.js';
import type { Json } from '../../src/support/json.js';

describe('the recorded values of a stage', () => {
  test('are by path, with what a version or a plugin has recorded of each', () => {
    const full = { value: 2, better: 'lower', unit: 'dB', interval: [1, 3], count: 20, unchanged: 5, real: 1 };
    const traits = { options: 'a', alarm: 'it is wrong', directions: ['AtoB'], diagnostic: true };
    const metrics = {
      AtoB: { 'pr/recall': { ...full, ...traits }, psnr: 18 },
      validate: { BtoA: { ssim: { value: 1 } } },
    };
    assert.deepEqual(
      [...recordedValues(metrics as unknown as Json)],
      [
        ['AtoB/pr/recall', { ...full, ...traits }],
        ['AtoB/psnr', { value: 18 }],
        ['validate/BtoA/ssim', { value: 1 }],
      ],
    );
  });

  test('are without what is of no known form', () => {
    const value = { value: NaN, better: 'nearer', unit: 1, interval: [1, Infinity], count: '3', directions: ['up'] };
    assert.deepEqual(
      [...recordedValues({ AtoB: { psnr: value, ssim: 'high' }, list: [1] })],
      [['AtoB/psnr', { value: NaN }]],
    );
    assert.equal(recordedValues(undefined).size, 0);
  });

  test('as numbers are by path', () => {
    const metrics = { AtoB: { psnr: { value: 18, better: 'higher' }, steps: 3, note: 'text' }, none: null, loss: 0 };
    assert.deepEqual(recordedNumbers(metrics), { 'AtoB/psnr': 18, 'AtoB/steps': 3, loss: 0 });
    assert.deepEqual(recordedNumbers(undefined), {});
  });

  test('of a metric that only finds faults are known by its name where a version did not record the trait', () => {
    const read = (name: string, facts: object = {}) =>
      recordedValues({ again: { AtoB: { [name]: { value: 0.5, ...facts } } } }).get(`again/AtoB/${name}`)!;
    for (const name of ['inversion', 'diversity-efficientnet-lite0', 'discriminator-accuracy/fake'])
      assert.equal(read(name).diagnostic, true, name);
    assert.equal(read('inversion', { options: 'a' }).diagnostic, undefined, 'a plugin’s metric of that name');
    assert.equal(read('psnr').diagnostic, undefined);
  });
});

describe('means over directions', () => {
  const means = (values: Record<string, object>, ...beside: readonly string[]) => {
    const measured = beside.length > 0 ? directionsIn([...Object.keys(values), ...beside]) : undefined;
    return Object.fromEntries(meansOf(new Map(Object.entries(values) as [string, { value: number }][]), measured));
  };

  test('are of each metric, of each of its parts, and of each source of values', () => {
    const values = {
      ...{ 'AtoB/psnr': { value: 1 }, 'BtoA/psnr': { value: 4 } },
      ...{ 'AtoB/pr/recall': { value: 2 }, 'BtoA/pr/recall': { value: 4 } },
      ...{ 'validate/AtoB/psnr': { value: 5 }, 'validate/BtoA/psnr': { value: 7 } },
      ...{ 'again/AtoB/psnr': { value: 10 }, 'again/BtoA/psnr': { value: 20 } },
      ...{ 'loss/cycle': { value: 3 } },
    };
    assert.deepEqual(means(values), {
      psnr: { value: 2.5 },
      'pr/recall': { value: 3 },
      'validate/psnr': { value: 6 },
      'again/psnr': { value: 15 },
    });
  });

  test('are none where a direction of the run is missing, as a mean of the other is another quantity', () => {
    const complete = { 'AtoB/psnr': { value: 1 }, 'BtoA/psnr': { value: 4 } };
    assert.deepEqual(Object.keys(means({ ...complete, 'AtoB/ssim': { value: 1, options: 'a' } })), ['psnr']);
    assert.deepEqual(Object.keys(means({ ...complete, 'validate/AtoB/psnr': { value: 1 } })), ['psnr']);
  });

  test('are the value itself in a run, or of a metric, with one direction', () => {
    assert.deepEqual(means({ 'AtoB/psnr': { value: 3 } }), { psnr: { value: 3 } });
    const rate = { value: 0.5, directions: ['AtoB'] };
    assert.deepEqual(means({ 'AtoB/rate': rate, 'AtoB/psnr': { value: 1 }, 'BtoA/psnr': { value: 2 } }), {
      rate: { value: 0.5 },
      psnr: { value: 1.5 },
    });
  });

  test('are of the directions that the run and the metric have both', () => {
    const rate = { value: 0.5, directions: ['AtoB', 'BtoA'] };
    assert.deepEqual(means({ 'AtoB/rate': rate, 'AtoB/psnr': { value: 1 } }), {
      rate: { value: 0.5 },
      psnr: { value: 1 },
    });
    const both = { 'AtoB/psnr': { value: 1 }, 'BtoA/psnr': { value: 3 } };
    assert.deepEqual(means({ ...both, 'AtoB/rate': rate }), { psnr: { value: 2 } }, 'BtoA/rate is missing');
  });

  test('of a metric without recorded traits are of the directions in which it is found, here or in the runs beside', () => {
    const values = { 'AtoB/psnr': { value: 1 }, 'BtoA/psnr': { value: 3 }, 'AtoB/rate': { value: 0.5 } };
    assert.deepEqual(means(values), { psnr: { value: 2 }, rate: { value: 0.5 } });
    assert.deepEqual(means(values, 'AtoB/rate', 'BtoA/psnr'), { psnr: { value: 2 }, rate: { value: 0.5 } });
    assert.deepEqual(means(values, 'BtoA/rate'), { psnr: { value: 2 } });
    assert.deepEqual(
      means({ 'AtoB/psnr': { value: 1 } }, 'BtoA/psnr'),
      { psnr: { value: 1 } },
      'a run of one direction',
    );
  });

  test('are NaN where one value is, and keep the traits of the metric but no interval', () => {
    const facts = { better: 'lower', unit: 'dB', interval: [0, 1], count: 3 };
    const { kd } = means({ 'AtoB/kd': { value: NaN, ...facts }, 'BtoA/kd': { value: 1, ...facts } });
    assert.deepEqual(kd, { value: NaN, better: 'lower', unit: 'dB' });
  });
});
